#include "tools/format/csv.hpp"

#include <ostream>
#include <unordered_map>

#include "tools/format/cells.hpp"
#include "tools/format/held_rows.hpp"

namespace chancery {
namespace {

/// The columns of rows in the order in which they appear.
class Columns {
 public:
  void add(const Cell& cell) {
    const auto [column, fresh] = places_.try_emplace(cell.column, names_.size());
    if (fresh) {
      names_.push_back(cell.column);
      hollow_.push_back(cell.hollow);
    } else if (!cell.hollow) {
      hollow_[column->second] = false;
    }
  }

  /// Without those that are null or empty in every row that has no object there, and dotted columns in the others.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!hollow_[i] || !has_parts(names_[i])) names.push_back(names_[i]);
    }
    return names;
  }

 private:
  bool has_parts(const std::string& column) const {
    for (const std::string& name : names_) {
      if (name.size() > column.size() && name[column.size()] == '.' && name.starts_with(column)) return true;
    }
    return false;
  }

  std::vector<std::string> names_;
  std::vector<bool> hollow_;
  std::unordered_map<std::string, std::size_t> places_;
};

class CsvPrinter final : public RowPrinter {
 public:
  CsvPrinter(const PrinterOptions& options, std::ostream& out, std::ostream& messages)
      : options_(options), out_(out), messages_(messages), held_(options) {
    if (!options_.columns.empty()) begin(options_.columns);
  }

  void row(std::string_view row) override {
    if (begun_) return line(row);
    for (const Cell& cell : exact_cells(row)) gathered_.add(cell);
    held_.add(row);
  }

  void finish() override {
    if (!begun_) {
      begin(held_.count() == 0 ? options_.columns_of_none : gathered_.names());
      held_.each([&](std::string_view row) { line(row); });
    }
    if (!options_.position.empty()) messages_ << "position: " << options_.position << '\n';
  }

 private:
  void begin(const std::vector<std::string>& columns) {
    begun_ = true;
    width_ = columns.size();
    for (std::size_t i = 0; i < columns.size(); ++i) places_.emplace(columns[i], i);
    if (!columns.empty()) out_ << csv_line(columns);
  }

  void line(std::string_view row) {
    std::vector<std::string> fields(width_);
    for (Cell& cell : exact_cells(row)) {
      if (const auto place = places_.find(cell.column); place != places_.end()) fields[place->second] = std::move(cell.text);
    }
    if (!fields.empty()) out_ << csv_line(fields);
  }

  const PrinterOptions options_;
  std::ostream& out_;
  std::ostream& messages_;
  Columns gathered_;
  HeldRows held_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t width_ = 0;
  bool begun_ = false;
};

}  // namespace

std::string csv_field(std::string_view text) {
  const bool quotes = text.find_first_of(",\"\r\n") != std::string_view::npos || text.starts_with(' ') || text.ends_with(' ');
  if (!quotes) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_line(std::span<const std::string> fields) {
  // A line with nothing in it would be read as no line at all.
  if (fields.size() == 1 && fields.front().empty()) return "\"\"\n";
  std::string out;
  for (const std::string& field : fields) {
    if (&field != fields.data()) out += ',';
    out += csv_field(field);
  }
  return out + '\n';
}

std::unique_ptr<RowPrinter> make_csv_printer(const PrinterOptions& options, std::ostream& out, std::ostream& messages) {
  return std::make_unique<CsvPrinter>(options, out, messages);
}

}  // namespace chancery
