#include "tools/format/table.hpp"

#include <algorithm>
#include <ostream>
#include <unordered_map>

#include "core/json/raw.hpp"
#include "tools/format/cells.hpp"
#include "tools/format/text.hpp"

namespace chancery {
namespace {

/// What is said only where it is not so.
struct Usual {
  std::string_view column, text;
};
constexpr Usual usual[] = {{"disputed", "no"}, {"certain", "yes"}};

bool is_usual(std::string_view column, std::string_view text) {
  return std::any_of(std::begin(usual), std::end(usual), [&](const Usual& known) { return known.column == column && known.text == text; });
}

class TablePrinter final : public RowPrinter {
 public:
  TablePrinter(const PrinterOptions& options, std::ostream& out)
      : options_(options), out_(out), screen_(options.screen ? *options.screen : screen_of(out)) {}

  void row(std::string_view row) override {
    std::vector<std::string>& cells = grid_.rows.emplace_back(grid_.headings.size());
    for (Cell& cell : readable_cells(row, options_.zone)) {
      const std::size_t place = place_of(cell.column);
      cells.resize(grid_.headings.size());
      instants_ |= cell.instant;
      if (cell.text.empty()) continue;
      grid_.right[place] = (empty_[place] || grid_.right[place]) && cell.number;
      empty_[place] = false;
      cells[place] = std::move(cell.text);
    }
  }

  void finish() override {
    const std::size_t count = grid_.rows.size();
    for (auto& row : grid_.rows) row.resize(grid_.headings.size());
    drop_what_says_nothing();
    if (options_.format == Format::md) {
      print_markdown(grid_, out_);
    } else {
      print_grid(grid_, screen_, out_);
    }
    const std::string words = closing_words(count);
    if (!words.empty()) out_ << (count > 0 ? "\n" : "") << words << '\n';
  }

 private:
  std::size_t place_of(const std::string& column) {
    const auto [place, fresh] = places_.try_emplace(column, grid_.headings.size());
    if (fresh) {
      grid_.headings.push_back(harmless(column));
      grid_.right.push_back(false);
      empty_.push_back(true);
    }
    return place->second;
  }

  /// Whether a column is empty, or as usual, in every row, or only repeats the key.
  bool says_nothing(std::size_t column) const {
    if (empty_[column]) return true;
    const auto key = places_.find("key");
    const bool may_repeat = key != places_.end() && key->second != column;
    const auto every = [&](const auto& holds) { return std::all_of(grid_.rows.begin(), grid_.rows.end(), holds); };
    return every([&](const auto& row) { return is_usual(grid_.headings[column], row[column]); }) ||
           (may_repeat && every([&](const auto& row) { return row[column] == row[key->second]; }));
  }

  void drop_what_says_nothing() {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < grid_.headings.size(); ++i) {
      if (!says_nothing(i)) kept.push_back(i);
    }
    const auto keep = [&](auto& list) {
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] != i) list[i] = std::move(list[kept[i]]);
      }
      list.resize(kept.size());
    };
    for (auto& row : grid_.rows) keep(row);
    keep(grid_.headings);
    std::vector<bool> right;
    for (const std::size_t i : kept) right.push_back(grid_.right[i]);
    grid_.right = std::move(right);
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
  Grid grid_;
  std::vector<bool> empty_;
  std::unordered_map<std::string, std::size_t> places_;
  bool instants_ = false;
};

}  // namespace

std::unique_ptr<RowPrinter> make_table_printer(const PrinterOptions& options, std::ostream& out) {
  return std::make_unique<TablePrinter>(options, out);
}

}  // namespace chancery
