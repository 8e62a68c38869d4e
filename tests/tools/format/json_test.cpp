#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/tools/format/printed.hpp"

using namespace chancery;

TEST_CASE("the JSON of an answer is one object: the envelope, then the rows") {
  PrinterOptions options = in_format(Format::json);
  options.envelope = R"("view":"prisoners","position":25)";
  const auto whole = boost::json::parse(printed(options, {R"({"key":"a"})", R"({"key":"b"})"}).out);
  CHECK(whole == boost::json::parse(R"({"view":"prisoners","position":25,"rows":[{"key":"a"},{"key":"b"}]})"));
  CHECK(boost::json::parse(printed(options, {}).out) == boost::json::parse(R"({"view":"prisoners","position":25,"rows":[]})"));
}

TEST_CASE("the rows of a JSON answer may have another name, and no envelope") {
  PrinterOptions options = in_format(Format::json);
  options.rows_name = "events";
  CHECK(boost::json::parse(printed(options, {R"({"id":"a"})"}).out) == boost::json::parse(R"({"events":[{"id":"a"}]})"));
}

TEST_CASE("NDJSON is the rows as they are, and the position goes to the messages") {
  PrinterOptions options = in_format(Format::ndjson);
  options.envelope = R"("position":25)";
  options.position = "25";
  const Printed lines = printed(options, {R"({"a": 1.0})", R"({"a":2})"});
  CHECK(lines.out == "{\"a\": 1.0}\n{\"a\":2}\n");
  CHECK(lines.messages == "position: 25\n");
}

TEST_CASE("NDJSON and JSON print rows as they arrive") {
  for (const Format format : {Format::ndjson, Format::json}) {
    std::ostringstream out, messages;
    const auto printer = make_row_printer(in_format(format), out, messages);
    printer->row(R"({"a":1})");
    CHECK(out.str().find(R"({"a":1})") != std::string::npos);
    printer->finish();
  }
}

TEST_CASE("a format is known by its name, and any other is refused with those there are") {
  CHECK(parse_format("table").value() == Format::table);
  CHECK(parse_format("json").value() == Format::json);
  CHECK(parse_format("ndjson").value() == Format::ndjson);
  CHECK(parse_format("csv").value() == Format::csv);
  CHECK(parse_format("md").value() == Format::md);
  CHECK(parse_format("xml").error().message() == "--format: found \"xml\"; allowed: table, json, ndjson, csv, md");
}
