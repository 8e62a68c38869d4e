#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "tools/format/format.hpp"

namespace chancery {

/// One field as RFC 4180 writes it: in quotes where it holds a comma, a quote, a line end, or a space at its end.
std::string csv_field(std::string_view text);

/// One line of fields, with its end.
std::string csv_line(std::span<const std::string> fields);

std::unique_ptr<RowPrinter> make_csv_printer(const PrinterOptions& options, std::ostream& out, std::ostream& messages);

}  // namespace chancery
