#include <algorithm>
#include <numeric>
#include <ostream>

#include "tools/format/table.hpp"
#include "tools/format/text.hpp"

/// How cells lie on the screen.
namespace chancery {
namespace {

constexpr std::size_t gap = 2;
/// A column that is cut keeps at least this much: less says nothing.
constexpr std::size_t least_columns = 16;

std::vector<std::size_t> widths_of(const Grid& grid) {
  std::vector<std::size_t> widths = grid.widths;
  for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], width_of(grid.headings[i]));
  return widths;
}

/// Takes from the widest columns until all fit; false where that would leave too little of one.
bool fit(std::vector<std::size_t>& widths, std::size_t columns) {
  if (columns == 0 || widths.empty()) return true;
  std::size_t total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  while (total > columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= least_columns) return false;
    --*widest;
    --total;
  }
  return true;
}

std::string emphasised(const std::string& text, const Screen& screen) { return screen.colour ? "\x1b[1m" + text + "\x1b[0m" : text; }

std::string trimmed(std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  return line;
}

class Lines {
 public:
  Lines(const Grid& grid, std::vector<std::size_t> widths) : grid_(grid), widths_(std::move(widths)) {}

  std::string line(const std::vector<std::string>& cells) const {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line.append(gap, ' ');
      line += padded(cut_to(cells[i], widths_[i]), widths_[i], grid_.right[i]);
    }
    return trimmed(std::move(line));
  }

  std::string rule() const {
    std::vector<std::string> dashes;
    for (const std::size_t width : widths_) dashes.emplace_back(width, '-');
    return line(dashes);
  }

 private:
  const Grid& grid_;
  std::vector<std::size_t> widths_;
};

void print_blocks(const Grid& grid, const EachRow& rows, const Screen& screen, std::ostream& out) {
  std::size_t names = 0;
  for (const std::string& heading : grid.headings) names = std::max(names, width_of(heading));
  const std::size_t room = screen.columns > names + gap + least_columns ? screen.columns - names - gap : 0;
  bool first = true;
  rows([&](const std::vector<std::string>& row) {
    if (!first) out << '\n';
    first = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].empty()) continue;
      std::string name = emphasised(padded(grid.headings[i], names), screen);
      for (const std::string& line : wrapped(row[i], room)) {
        out << name << std::string(gap, ' ') << line << '\n';
        name.assign(names, ' ');
      }
    }
  });
}

void print_markdown_row(const std::vector<std::string>& cells, std::ostream& out) {
  for (const std::string& cell : cells) out << "| " << in_markdown(cell) << ' ';
  out << "|\n";
}

}  // namespace

void print_markdown(const Grid& grid, const EachRow& rows, std::ostream& out) {
  if (grid.headings.empty()) return;
  print_markdown_row(grid.headings, out);
  for (std::size_t i = 0; i < grid.headings.size(); ++i) out << (grid.right[i] ? "| ---: " : "| --- ");
  out << "|\n";
  rows([&](const std::vector<std::string>& row) { print_markdown_row(row, out); });
}

void print_grid(const Grid& grid, const EachRow& rows, const Screen& screen, std::ostream& out) {
  if (grid.headings.empty()) return;
  std::vector<std::size_t> widths = widths_of(grid);
  if (!fit(widths, screen.columns)) return print_blocks(grid, rows, screen, out);
  const Lines lines(grid, std::move(widths));
  out << emphasised(lines.line(grid.headings), screen) << '\n' << lines.rule() << '\n';
  rows([&](const std::vector<std::string>& row) { out << lines.line(row) << '\n'; });
}

}  // namespace chancery
