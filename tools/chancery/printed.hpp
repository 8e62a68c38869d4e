#pragma once

#include <memory>
#include <string>

#include "tools/chancery/command.hpp"

/// What the commands that record say of each event: `{position, id, stream, revision, new}` (interfaces.md).
namespace chancery::cli {

std::string result_row(const AppendedEvent& event);
std::unique_ptr<RowPrinter> make_result_printer(Context& context);
/// The result of a command that records one event: a row where stdout is no terminal or a format was asked for, else a sentence.
void print_result(Context& context, const AppendedEvent& event);

}  // namespace chancery::cli
