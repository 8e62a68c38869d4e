#include "core/json/schema.hpp"

#include <fmt/format.h>

#include <iostream>

#include "tools/chancery/reading.hpp"

/// schema: the codebook.
namespace chancery::cli {
namespace {

std::unique_ptr<RowPrinter> printer_for(const Context& context, Format format) {
  PrinterOptions options;
  options.screen = context.screen();
  options.format = format;
  return make_row_printer(options, context.out(), context.err());
}

void print_types(const Context& context, Format format) {
  const auto printer = printer_for(context, format);
  for (const TypeDoc& doc : type_docs()) {
    const DefaultCoding& coding = doc.coding;
    const std::string plover = coding.mode.empty() ? std::string(coding.plover) : fmt::format("{}/{}", coding.plover, coding.mode);
    printer->row(json_object({{"type", json_text(doc.type)},
                              {"description", json_text(doc.description)},
                              {"plover", json_text(plover)},
                              {"quad", coding.quad == 0 ? "null" : std::to_string(coding.quad)},
                              {"cameo", json_text(coding.cameo)},
                              {"goldstein", json_text(coding.goldstein)}}));
  }
  printer->finish();
}

Result<void> print_fields(const Context& context, Format format, const std::string& type) {
  const auto docs = field_docs(type);
  if (!docs) return Failure(docs.error());
  const auto printer = printer_for(context, format);
  for (const FieldDoc& doc : *docs) {
    printer->row(json_object({{"field", json_text(doc.path)},
                              {"kind", json_text(doc.kind)},
                              {"needed", doc.required ? "true" : format == Format::table ? "null" : "false"},
                              {"description", json_text(doc.description)},
                              {"allowed", json_text(doc.allowed)}}));
  }
  printer->finish();
  return {};
}

Result<int> run_schema(Context& context, const std::string& type) {
  const Format format = context.format();
  if (format == Format::json || format == Format::ndjson) {
    const Result<std::string> schema = json_schema(type.empty() ? std::nullopt : std::optional<std::string_view>(type));
    if (!schema) return Failure(schema.error());
    context.out() << *schema << '\n';
    return done;
  }
  if (type.empty()) {
    print_types(context, format);
    return done;
  }
  if (auto printed = print_fields(context, format, type); !printed) return Failure(printed.error());
  return done;
}

}  // namespace

void add_schema(CLI::App& app, Context& context) {
  auto type = std::make_shared<std::string>();
  CLI::App* command = add_command(app, context, "schema", "The codebook: the fields of a type, or of all, as JSON Schema or for people",
                                  "  chancery schema --format table\n"
                                  "  chancery schema prisoners.released --format table\n"
                                  "  chancery schema prisoners.released > released.schema.json",
                                  [&context, type] { return run_command(context, [&] { return run_schema(context, *type); }); });
  command->add_option("TYPE", *type, "A type such as prisoners.released (default: all)");
}

}  // namespace chancery::cli
