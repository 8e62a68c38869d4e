#pragma once

#include <string>
#include <vector>

#include "tools/chancery/command.hpp"

namespace chancery::cli {

/// Runs the command that these words are (without the program's name), and gives its exit code. What it says goes where the context
/// says; nothing is thrown.
int run(Context& context, const std::vector<std::string>& words);

}  // namespace chancery::cli
