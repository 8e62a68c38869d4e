#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "tools/format/format.hpp"

namespace chancery {

/// Columns under headings, for people; each list is as long as the others.
struct Grid {
  std::vector<std::string> headings;
  std::vector<bool> right;          ///< whether it is set to the right
  std::vector<std::size_t> widths;  ///< of its widest cell
};

/// Calls `take` for each row with its cells, one for each column.
using EachRow = std::function<void(const std::function<void(const std::vector<std::string>& cells)>& take)>;

/// With two spaces between columns and a line under the headings. On a terminal, long columns are cut until all fit; where that is not
/// enough, each row is a block with a line for each of its fields.
void print_grid(const Grid& grid, const EachRow& rows, const Screen& screen, std::ostream& out);

/// As a table in Markdown.
void print_markdown(const Grid& grid, const EachRow& rows, std::ostream& out);

/// For Format::table and Format::md.
std::unique_ptr<RowPrinter> make_table_printer(const PrinterOptions& options, std::ostream& out);

}  // namespace chancery
