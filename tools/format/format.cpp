#include "tools/format/format.hpp"

#include <ostream>

#include "tools/format/csv.hpp"
#include "tools/format/table.hpp"

namespace chancery {
namespace {

class JsonPrinter final : public RowPrinter {
 public:
  JsonPrinter(const PrinterOptions& options, std::ostream& out) : out_(out) {
    out_ << '{' << options.envelope << (options.envelope.empty() ? "\"" : ", \"") << options.rows_name << "\": [";
  }
  void row(std::string_view row) override {
    out_ << (first_ ? "\n  " : ",\n  ") << row;
    first_ = false;
  }
  void finish() override { out_ << (first_ ? "]}\n" : "\n]}\n"); }

 private:
  std::ostream& out_;
  bool first_ = true;
};

class NdjsonPrinter final : public RowPrinter {
 public:
  NdjsonPrinter(const PrinterOptions& options, std::ostream& out, std::ostream& messages)
      : position_(options.position), out_(out), messages_(messages) {}
  void row(std::string_view row) override { out_ << row << '\n'; }
  void finish() override {
    if (!position_.empty()) messages_ << "position: " << position_ << '\n';
  }

 private:
  const std::string position_;
  std::ostream& out_;
  std::ostream& messages_;
};

}  // namespace

Result<Format> parse_format(std::string_view text) {
  if (text == "table") return Format::table;
  if (text == "json") return Format::json;
  if (text == "ndjson") return Format::ndjson;
  if (text == "csv") return Format::csv;
  if (text == "md") return Format::md;
  return refused("--format", quoted(text), "table, json, ndjson, csv, md");
}

std::unique_ptr<RowPrinter> make_row_printer(const PrinterOptions& options, std::ostream& out, std::ostream& messages) {
  switch (options.format) {
    case Format::json:
      return std::make_unique<JsonPrinter>(options, out);
    case Format::ndjson:
      return std::make_unique<NdjsonPrinter>(options, out, messages);
    case Format::csv:
      return make_csv_printer(options, out, messages);
    case Format::table:
    case Format::md:
      break;
  }
  return make_table_printer(options, out);
}

}  // namespace chancery
