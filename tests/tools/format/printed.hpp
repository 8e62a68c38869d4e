#pragma once

#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>

#include "tools/format/format.hpp"

namespace chancery {

/// What a printer writes of these rows.
struct Printed {
  std::string out, messages;
};

inline Printed printed(const PrinterOptions& options, std::initializer_list<std::string_view> rows) {
  std::ostringstream out, messages;
  const auto printer = make_row_printer(options, out, messages);
  for (const std::string_view row : rows) printer->row(row);
  printer->finish();
  return {out.str(), messages.str()};
}

inline PrinterOptions in_format(Format format) {
  PrinterOptions options;
  options.format = format;
  return options;
}

}  // namespace chancery
