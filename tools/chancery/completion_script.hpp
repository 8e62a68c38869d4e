#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace chancery::cli {

/// Scripts that complete the commands of an application, their options, and the values whose kind is known by name (VIEW, TYPE, FILE
/// and so on). They call no program: what they know is what this one knows.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);

}  // namespace chancery::cli
