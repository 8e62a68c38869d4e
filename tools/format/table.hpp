#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tools/format/format.hpp"

namespace chancery {

/// Cells under headings, for people.
struct Grid {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `headings`
  std::vector<bool> right;                     ///< columns that are set to the right; shorter: the others are not
};

/// With two spaces between columns and a line under the headings. On a terminal, long columns are cut until all fit; where that is not
/// enough, each row is a block with a line for each of its fields.
void print_grid(const Grid& grid, const Screen& screen, std::ostream& out);

/// As a table in Markdown.
void print_markdown(const Grid& grid, std::ostream& out);

/// For Format::table and Format::md.
std::unique_ptr<RowPrinter> make_table_printer(const PrinterOptions& options, std::ostream& out);

}  // namespace chancery
