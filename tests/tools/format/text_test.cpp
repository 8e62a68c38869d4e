#include <catch2/catch.hpp>

#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"

using namespace chancery;

TEST_CASE("text is as wide as the columns it takes") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("łódź") == 4);
  CHECK(width_of("漢字") == 4);
  CHECK(width_of("e\u0301") == 1);
  CHECK(width_of("") == 0);
  CHECK(width_of("\xff\xfe") == 2);
}

TEST_CASE("text that is cut ends in an ellipsis and is never wider than asked") {
  CHECK(cut_to("hostages", 8) == "hostages");
  CHECK(cut_to("hostages", 5) == "host…");
  CHECK(cut_to("漢字漢字", 4) == "漢…");
  CHECK(cut_to("abc", 0).empty());
}

TEST_CASE("text is wrapped between words") {
  CHECK(wrapped("a letter to Minsk", 8) == std::vector<std::string>{"a letter", "to Minsk"});
  CHECK(wrapped("incomprehensibilities so", 5) == std::vector<std::string>{"incomprehensibilities", "so"});
  CHECK(wrapped("as it is", 0) == std::vector<std::string>{"as it is"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
}

TEST_CASE("what is UTF-8 stays as it is, and a byte that belongs to no character is told by its number") {
  CHECK(in_utf8("") == "");
  CHECK(in_utf8("a\n\xd0\x9c\xe2\x82\xac\xf0\x9f\x95\x8a") == "a\n\xd0\x9c\xe2\x82\xac\xf0\x9f\x95\x8a");
  CHECK(in_utf8("a\xff\xd0\x9c\xd0") == "a\\xff\xd0\x9c\\xd0");
  CHECK(in_utf8("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(in_utf8("\xed\xa0\x80\xe2\x82") == "\\xed\\xa0\\x80\\xe2\\x82");
}

TEST_CASE("thousands are told apart in whole numbers alone") {
  CHECK(with_thousands("0") == "0");
  CHECK(with_thousands("999") == "999");
  CHECK(with_thousands("1000") == "1,000");
  CHECK(with_thousands("1234567") == "1,234,567");
  CHECK(with_thousands("-1234") == "-1,234");
  CHECK(with_thousands("-123") == "-123");
  CHECK(with_thousands("1.5") == "1.5");
}

TEST_CASE("EDTF dates are told in words") {
  CHECK(date_in_words("2025-09-11") == "11 September 2025");
  CHECK(date_in_words("2025-09") == "September 2025");
  CHECK(date_in_words("2025") == "2025");
  CHECK(date_in_words("2025-09~") == "about September 2025");
  CHECK(date_in_words("2006?") == "perhaps 2006");
  CHECK(date_in_words("2025-09-11%") == "perhaps about 11 September 2025");
  CHECK(date_in_words("2025-21") == "spring 2025");
  CHECK(date_in_words("2025-24~") == "about winter 2025");
  CHECK(date_in_words("201X") == "the 2010s");
  CHECK(date_in_words("2025-09-11T10:30Z") == "11 September 2025, 10:30 UTC");
  CHECK(date_in_words("2025-09-11T10:30+03:00") == "11 September 2025, 10:30 at UTC+03:00");
  CHECK(date_in_words("2026-03-19/2026-03-20") == "19 to 20 March 2026");
  CHECK(date_in_words("2025-12/2026-01") == "December 2025 to January 2026");
  CHECK(date_in_words("2025-09-11/..") == "from 11 September 2025 on");
}

TEST_CASE("an EDTF form without words stays as it is") {
  for (const char* text : {"20XX", "2025-XX", "2025-09-XX", "2025-XX-XX", "2025-13", ""}) CHECK(date_in_words(text) == text);
}
