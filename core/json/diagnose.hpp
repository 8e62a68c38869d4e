#pragma once

#include <string_view>

#include "core/result.hpp"

namespace chancery {

/// The deepest nesting of objects and lists in one line.
constexpr std::size_t json_depth_max = 1024;

/// Why a parser refused `line`: the field where it goes wrong, what is there and at which byte. Only for the message,
/// after a parser has refused; `otherwise` is what to say where nothing wrong is found.
Error diagnose(std::string_view line, std::string_view otherwise);

}  // namespace chancery
