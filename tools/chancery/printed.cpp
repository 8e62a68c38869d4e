#include "tools/chancery/printed.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "core/json/writer.hpp"

namespace chancery::cli {

std::string result_row(const AppendedEvent& event) {
  std::string row;
  ObjectWriter object(row);
  object.name("position");
  append_number(row, event.position);
  object.name("id");
  append_string(row, event.id.text);
  object.name("stream");
  append_string(row, event.stream);
  object.name("revision");
  append_number(row, event.revision);
  object.name("new");
  row += event.fresh ? "true" : "false";
  object.close();
  return row;
}

std::unique_ptr<RowPrinter> make_result_printer(Context& context) {
  PrinterOptions options;
  options.screen = context.screen();
  options.format = context.format();
  options.columns = {"position", "id", "stream", "revision", "new"};
  return make_row_printer(options, context.out(), context.err());
}

void print_result(Context& context, const AppendedEvent& event) {
  if (!context.format_given() && context.format() == Format::table) {
    context.out() << fmt::format("{} {} at position {} ({}, revision {})\n", event.fresh ? "recorded" : "known already:", event.id.text,
                             event.position, event.stream, event.revision);
    return;
  }
  if (context.format() == Format::json) {
    context.out() << result_row(event) << '\n';
    return;
  }
  const auto printer = make_result_printer(context);
  printer->row(result_row(event));
  printer->finish();
}

}  // namespace chancery::cli
