#include "tools/format/table.hpp"

#include <algorithm>
#include <ostream>
#include <unordered_map>

#include "core/json/raw.hpp"
#include "tools/format/cells.hpp"
#include "tools/format/held_rows.hpp"
#include "tools/format/text.hpp"

namespace chancery {
namespace {

/// What is said only where it is not so.
struct Usual {
  std::string_view column, text;
};
constexpr std::string_view key_name = "key";
constexpr Usual usual[] = {{"disputed", "no"}, {"certain", "yes"}};

bool is_usual(std::string_view column, std::string_view text) {
  return std::any_of(std::begin(usual), std::end(usual), [&](const Usual& known) { return known.column == column && known.text == text; });
}

class TablePrinter final : public RowPrinter {
 public:
  TablePrinter(const PrinterOptions& options, std::ostream& out)
      : options_(options), out_(out), screen_(options.screen ? *options.screen : screen_of(out)), rows_(options) {}

  void row(std::string_view row) override {
    measure(readable_cells(row, options_.zone));
    rows_.add(row);
  }

  void finish() override {
    std::vector<std::size_t> kept;
    Grid grid;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      if (says_nothing(i)) continue;
      kept.push_back(i);
      grid.headings.push_back(column.heading);
      grid.right.push_back(column.right);
      grid.widths.push_back(column.width);
    }
    const EachRow each = [&](const auto& take) {
      rows_.each([&](std::string_view row) {
        std::vector<std::string> all = laid(readable_cells(row, options_.zone)), cells;
        for (const std::size_t i : kept) cells.push_back(std::move(all[i]));
        take(cells);
      });
    };
    if (options_.format == Format::md) print_markdown(grid, each, out_);
    else print_grid(grid, each, screen_, out_);
    const std::string words = closing_words(rows_.count());
    if (!words.empty()) out_ << (rows_.count() > 0 ? "\n" : "") << words << '\n';
  }

 private:
  /// What is known of a column from the rows that were there.
  struct Column {
    std::string heading;
    bool right = false, empty = true;  ///< whether all that is in it are numbers; whether nothing is
    bool usual = true, repeats = true; ///< whether it is as usual, and as the key, in each row
    std::size_t width = 0;
  };

  std::size_t place_of(const std::string& column) {
    const auto [place, fresh] = places_.try_emplace(column, columns_.size());
    if (!fresh) return place->second;
    Column& made = columns_.emplace_back();
    made.heading = harmless(column);
    // The rows before had nothing in it.
    if (rows_.count() == 0) return place->second;
    made.usual = false;
    if (column == key_name) {
      for (Column& other : columns_) other.repeats = other.empty;
    } else if (const auto key = places_.find(std::string(key_name)); key != places_.end()) {
      made.repeats = columns_[key->second].empty;
    }
    return place->second;
  }

  /// The text of each cell in its place.
  std::vector<std::string> laid(std::vector<Cell> cells) const {
    std::vector<std::string> row(columns_.size());
    for (Cell& cell : cells) {
      const auto place = places_.find(cell.column);
      if (place != places_.end() && !cell.text.empty()) row[place->second] = std::move(cell.text);
    }
    return row;
  }

  void measure(std::vector<Cell> cells) {
    for (const Cell& cell : cells) place_of(cell.column);
    for (const Cell& cell : cells) {
      instants_ |= cell.instant;
      if (cell.text.empty()) continue;
      Column& column = columns_[place_of(cell.column)];
      column.right = (column.empty || column.right) && cell.number;
      column.empty = false;
    }
    const std::vector<std::string> row = laid(std::move(cells));
    const auto key = places_.find(std::string(key_name));
    for (std::size_t i = 0; i < row.size(); ++i) {
      Column& column = columns_[i];
      column.width = std::max(column.width, width_of(row[i]));
      column.usual = column.usual && is_usual(column.heading, row[i]);
      column.repeats = column.repeats && key != places_.end() && row[i] == row[key->second];
    }
  }

  /// Whether a column is empty, or as usual, in every row, or only repeats the key.
  bool says_nothing(std::size_t i) const {
    const auto key = places_.find(std::string(key_name));
    const bool may_repeat = key != places_.end() && key->second != i;
    return columns_[i].empty || columns_[i].usual || (may_repeat && columns_[i].repeats);
  }

  /// How many rows, what the envelope says, and in which zone the table speaks.
  std::string closing_words(std::size_t count) {
    std::string out;
    const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
    if (!options_.envelope.empty()) {
      add(count == 1 ? "1 row" : std::to_string(count) + " rows");
      const std::string envelope = '{' + options_.envelope + '}';
      for (RawItems items(envelope); items.next();) {
        const std::string name = unescaped(items.key());
        std::string words;
        for (const Cell& cell : readable_cells('{' + std::string(items.key()) + ':' + std::string(items.value()) + '}', options_.zone)) {
          instants_ |= cell.instant;
          words += (words.empty() ? "" : ", ") + (cell.column == name ? name : cell.column) + ' ' + cell.text;
        }
        if (!words.empty()) add(words);
      }
    } else if (!options_.position.empty()) {
      add("position " + options_.position);
    }
    if (instants_) add("dates: " + options_.zone);
    return out;
  }

  const PrinterOptions options_;
  std::ostream& out_;
  const Screen screen_;
  HeldRows rows_;
  std::vector<Column> columns_;
  std::unordered_map<std::string, std::size_t> places_;
  bool instants_ = false;
};

}  // namespace

std::unique_ptr<RowPrinter> make_table_printer(const PrinterOptions& options, std::ostream& out) {
  return std::make_unique<TablePrinter>(options, out);
}

}  // namespace chancery
