#include <catch2/catch.hpp>

#include "tests/tools/format/printed.hpp"
#include "tools/format/csv.hpp"

using namespace chancery;

namespace {

std::string csv(std::initializer_list<std::string_view> rows) { return printed(in_format(Format::csv), rows).out; }

}  // namespace

TEST_CASE("CSV has a dotted column for each field of a nested object") {
  CHECK(csv({R"({"key":"a","held":{"low":1,"high":null},"event":{"place":{"name":"Minsk"}}})"}) ==
        "key,held.low,held.high,event.place.name\na,1,,Minsk\n");
}

TEST_CASE("CSV has the fields of a row's state beside its other fields") {
  CHECK(csv({R"({"key":"a","state":{"held":{"low":1,"high":2},"status":"held"}})"}) == "key,held.low,held.high,status\na,1,2,held\n");
}

TEST_CASE("CSV quotes what holds a comma, a quote, a line end or a space at its end") {
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"no\"") == "\"say \"\"no\"\"\"");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
  CHECK(csv_field(" before") == "\" before\"");
  CHECK(csv_field("after ") == "\"after \"");
  CHECK(csv_field("plain text; łódź") == "plain text; łódź");
  CHECK(csv_field("").empty());
}

TEST_CASE("CSV joins a list by bars, and gives it as JSON where a bar would mislead") {
  CHECK(csv({R"({"a":["x","y"],"b":[1,2],"c":[],"d":["one"]})"}) == "a,b,c,d\nx|y,1|2,,one\n");
  CHECK(csv({R"({"a":["x|y","z"]})"}) == "a\n\"[\"\"x|y\"\",\"\"z\"\"]\"\n");
  CHECK(csv({R"({"a":[{"party":"state:USA"}, "x"]})"}) == "a\n\"[{\"\"party\"\":\"\"state:USA\"\"},\"\"x\"\"]\"\n");
  CHECK(csv({R"({"a":[[1,2]]})"}) == "a\n\"[[1,2]]\"\n");
}

TEST_CASE("CSV keeps the digits of numbers as they were written") {
  CHECK(csv({R"({"a":1.0,"b":-0.30,"c":18446744073709551615,"d":7e0})"}) == "a,b,c,d\n1.0,-0.30,18446744073709551615,7e0\n");
}

TEST_CASE("CSV columns are those of all rows, in the order of their first appearance") {
  CHECK(csv({R"({"a":1,"b":2})", R"({"c":3,"a":4})"}) == "a,b,c\n1,2,\n4,,3\n");
}

TEST_CASE("an object that is null in some rows has no CSV column of its own") {
  CHECK(csv({R"({"a":1,"estimate":null})", R"({"a":2,"estimate":{"low":3}})"}) == "a,estimate.low\n1,\n2,3\n");
  CHECK(csv({R"({"a":1,"estimate":null})"}) == "a,estimate\n1,\n");
}

TEST_CASE("a CSV line of one empty field is no empty line") { CHECK(csv({R"({"a":null})", R"({"a":1})"}) == "a\n\"\"\n1\n"); }

TEST_CASE("CSV with given columns has a header without rows, and just these columns") {
  PrinterOptions options = in_format(Format::csv);
  options.columns = {"b", "a"};
  CHECK(printed(options, {}).out == "b,a\n");
  CHECK(printed(options, {R"({"a":1,"b":2,"c":3})"}).out == "b,a\n2,1\n");
}

TEST_CASE("CSV of no rows is empty, and the position is told beside it") {
  PrinterOptions options = in_format(Format::csv);
  options.position = "25";
  const Printed nothing = printed(options, {});
  CHECK(nothing.out.empty());
  CHECK(nothing.messages == "position: 25\n");
}
