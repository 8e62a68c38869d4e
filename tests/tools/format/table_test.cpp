#include <catch2/catch.hpp>

#include "tests/tools/format/printed.hpp"

using namespace chancery;

namespace {

PrinterOptions table(std::size_t columns = 0, bool colour = false) {
  PrinterOptions options = in_format(Format::table);
  options.screen = Screen{columns > 0, colour, columns};
  return options;
}

std::string shown(std::initializer_list<std::string_view> rows) { return printed(table(), rows).out; }

}  // namespace

TEST_CASE("a table sets its columns under their headings, numbers to the right") {
  CHECK(shown({R"({"key":"state:BLR","died":3})", R"({"key":"a","died":1200})"}) ==
        "key         died\n"
        "---------  -----\n"
        "state:BLR      3\n"
        "a          1,200\n");
}

TEST_CASE("a table tells a range in words") {
  CHECK(shown({R"({"a":{"low":1248,"high":1348},"b":{"low":52,"high":52},"c":{"low":52,"high":null}})"}) ==
        "             a   b           c\n"
        "--------------  --  ----------\n"
        "1,248 to 1,348  52  52 or more\n");
}

TEST_CASE("a table keeps what stands beside a range in the same object") {
  const std::string text = shown({R"({"estimate":{"low":1300,"high":1400,"claimed_by":"org:viasna","event":1234}})"});
  CHECK(text.find("1,300 to 1,400") != std::string::npos);
  CHECK(text.find("estimate.claimed_by") != std::string::npos);
  CHECK(text.find("1234") != std::string::npos);
}

TEST_CASE("a table drops the columns that are empty in every row, and what is as usual") {
  CHECK(shown({R"({"key":"a","valid_to":null,"list":[],"disputed":false,"certain":true})"}) == "key\n---\na\n");
  CHECK(shown({R"({"key":"a","disputed":true,"certain":false})"}) ==
        "key  disputed  certain\n"
        "---  --------  -------\n"
        "a    yes       no\n");
}

TEST_CASE("a table does not say the key twice") {
  CHECK(shown({R"({"key":"a","state":{"holder":"a","x":"y"}})"}) == "key  x\n---  -\na    y\n");
  CHECK(shown({R"({"key":"a","holder":"a"})", R"({"key":"a/b","holder":"a"})"}).find("holder") != std::string::npos);
}

TEST_CASE("a table shows instants in its zone, and says which") {
  PrinterOptions options = table();
  options.zone = "Europe/Minsk";
  CHECK(printed(options, {R"({"valid_from":"2025-09-10T21:00:00Z","recorded_at":"2025-09-11T10:30:00.000001Z","since":"2025-09-11T10:30:00Z"})"}).out ==
        "valid_from  recorded_at       since\n"
        "----------  ----------------  --------------------\n"
        "2025-09-11  2025-09-11 13:30  2025-09-11T10:30:00Z\n"
        "\n"
        "dates: Europe/Minsk\n");
}

TEST_CASE("a table ends with what its envelope says") {
  PrinterOptions options = table();
  options.envelope = R"("view":"prisoners","at":"2025-09-11T20:59:59.999999Z","position":1234)";
  options.zone = "Europe/Minsk";
  CHECK(printed(options, {}).out == "0 rows; view prisoners; at 2025-09-11 23:59:59; position 1234; dates: Europe/Minsk\n");
  CHECK(printed(options, {R"({"a":1})"}).out.ends_with("\n\n1 row; view prisoners; at 2025-09-11 23:59:59; position 1234; dates: Europe/Minsk\n"));
}

TEST_CASE("a table aligns text by the columns it takes, not by its bytes") {
  CHECK(shown({R"({"a":"łódź","b":1})", R"({"a":"漢字","b":2})", R"({"a":"e\u0301t","b":3})"}) ==
        "a     b\n"
        "----  -\n"
        "łódź  1\n"
        "漢字  2\n"
        "e\u0301t    3\n");
}

TEST_CASE("a table lets no text command the terminal") {
  const std::string text = shown({R"({"a":"x\u001b[31mred\u0007\n\u202eback"})"});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\a') == std::string::npos);
  CHECK(text.find("\u202e") == std::string::npos);
  CHECK(text.find("red") != std::string::npos);
}

TEST_CASE("a terminal gets long text cut until all columns fit, a pipe gets it whole") {
  const std::string_view row = R"({"id":"a","what":"a long sentence that says more than there is room for on this line"})";
  CHECK(printed(table(40), {row}).out ==
        "id  what\n"
        "--  ------------------------------------\n"
        "a   a long sentence that says more than…\n");
  CHECK(printed(table(), {row}).out.find("on this line") != std::string::npos);
}

TEST_CASE("a terminal too narrow for the columns gets a line for each field") {
  const std::string_view row = R"({"key":"state:BLR","held":"1,248 to 1,348","nothing":"","more":"words enough to need two lines of it","x1":"0123456789abcdef"})";
  CHECK(printed(table(30), {row, row}).out ==
        "key   state:BLR\n"
        "held  1,248 to 1,348\n"
        "more  words enough to need two\n"
        "      lines of it\n"
        "x1    0123456789abcdef\n"
        "\n"
        "key   state:BLR\n"
        "held  1,248 to 1,348\n"
        "more  words enough to need two\n"
        "      lines of it\n"
        "x1    0123456789abcdef\n");
}

TEST_CASE("rows that can be had once more are not held, and what is printed of them is the same") {
  const std::initializer_list<std::string_view> rows = {R"({"a":"first","disputed":false,"n":1})", R"({"key":"b","a":"b","only":"b","disputed":false,"wide":"words and words and words"})",
                                                        R"({"key":"c","a":null,"only":"c","certain":true,"n":"three"})", R"({"key":"d","only":"d","held":{"low":1,"high":2},"wide":""})"};
  for (const Format format : {Format::table, Format::md, Format::csv}) {
    for (const std::size_t columns : {0, 40, 70}) {
      PrinterOptions options = in_format(format);
      options.screen = Screen{columns > 0, false, columns};
      const std::string held = printed(options, rows).out;
      int times = 0;
      options.again = [&](const TakeRow& take) {
        ++times;
        for (const std::string_view row : rows) take(row);
      };
      CHECK(printed(options, rows).out == held);
      CHECK(times == 0);
      options.held_bytes_max = 1;
      CHECK(printed(options, rows).out == held);
      CHECK(times == 1);
    }
  }
}

TEST_CASE("a column that repeats the key, or is as usual, is left out only where it does so in every row") {
  CHECK(shown({R"({"a":1})", R"({"key":"b","name":"b","disputed":false})"}) == "a  key  disputed\n-  ---  --------\n1\n   b    no\n");
  CHECK(shown({R"({"key":"a"})", R"({"key":"b","name":"b"})"}) == "key  name\n---  ----\na\nb    b\n");
  CHECK(shown({R"({"name":"a"})", R"({"key":"b","name":"b"})"}) == "name  key\n----  ---\na\nb     b\n");
}

TEST_CASE("only a screen that takes colour gets it") {
  CHECK(printed(table(80, true), {R"({"a":1})"}).out.find("\x1b[1m") != std::string::npos);
  CHECK(printed(table(80, false), {R"({"a":1})"}).out.find('\x1b') == std::string::npos);
  PrinterOptions unset = in_format(Format::table);
  CHECK(printed(unset, {R"({"a":1})"}).out.find('\x1b') == std::string::npos);
}

TEST_CASE("a Markdown table escapes what would be markup") {
  CHECK(printed(in_format(Format::md), {R"({"a":"x | *y*","n":2})"}).out == "| a | n |\n| --- | ---: |\n| x \\| \\*y\\* | 2 |\n");
}

TEST_CASE("a table tells lists of parties and of objects in words") {
  CHECK(shown({R"({"actor":[{"party":"person:john-coale","on_behalf_of":"state:USA","role":"envoy"},"state:BLR"],"asks":[{"what":"release","about":"hostages"}]})"}) ==
        "actor                                               asks\n"
        "--------------------------------------------------  ------------------------------\n"
        "person:john-coale for state:USA (envoy), state:BLR  what: release, about: hostages\n");
}
