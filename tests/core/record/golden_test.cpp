#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/record/layout.hpp"
#include "core/record/record.hpp"
#include "tests/core/record/samples.hpp"

// tests/golden holds, for each version of the record that ever was, a record of every type as it was written then
// (record_vN.hex) and what records looked like (record_vN.layout). They are never written again. When the version of
// core/record/record.cpp grows, or a type is new, the test fails and names what to do: CHANCERY_WRITE_GOLDEN=1 makes a
// file that is missing and appends the lines that are missing in it; it never touches a line that is there.
// Before the first release a line may be deleted, to be written anew; after it, never.

using namespace chancery;

namespace {

struct Line {
  std::string type, rest;
};

std::string path_of(std::uint32_t version, std::string_view ending) {
  return "tests/golden/record_v" + std::to_string(version) + std::string(ending);
}

/// Lines of "TYPE REST".
std::vector<Line> lines_of(const std::string& path) {
  std::vector<Line> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    REQUIRE(space != std::string::npos);
    lines.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  return lines;
}

const Line* line_of(const std::vector<Line>& lines, std::string_view type) {
  for (const Line& line : lines) {
    if (line.type == type) return &line;
  }
  return nullptr;
}

std::string to_hex(std::string_view bytes) {
  std::string digits;
  for (const char c : bytes) {
    (digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]) += "0123456789abcdef"[c & 15];
  }
  return digits;
}

std::string from_hex(std::string_view digits) {
  REQUIRE(digits.size() % 2 == 0);
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

/// The version that encode_record writes, read from a record of its own.
std::uint32_t version_now() {
  std::string bytes;
  encode_record(bytes, Recorded{});
  return static_cast<std::uint32_t>(RecordReader(bytes).varint());
}

/// The layout of every type and of the event around it.
std::vector<Line> layouts(std::uint32_t version) {
  std::vector<Line> lines{{"event", layout<Event>(version)}};
  for_each_type([&]<class T>() {
    lines.push_back({std::string(T::type), std::to_string(T::code) + " " + layout<T>(version)});
  });
  return lines;
}

/// Whether `now` is `then`, with more words at the end of some enums.
bool extends(std::string_view now, std::string_view then) {
  std::size_t at = 0;
  bool in_words = false;
  for (std::size_t i = 0; i < then.size(); ++i) {
    if (then[i] == '(') in_words = then.substr(0, i).ends_with("words");
    if (then[i] == ')' && in_words && at < now.size() && now[at] == ' ') at = now.find(')', at);
    if (at >= now.size() || now[at++] != then[i]) return false;
  }
  return at == now.size();
}

bool asked_to_write() { return std::getenv("CHANCERY_WRITE_GOLDEN") != nullptr; }

void append(const std::string& path, std::string_view type, std::string_view rest) {
  std::ofstream(path, std::ios::app) << type << ' ' << rest << '\n';
}

}  // namespace

TEST_CASE("a record of every type, as each version wrote it, is still the event that it was") {
  for (std::uint32_t version = 1; version <= version_now(); ++version) {
    const std::string path = path_of(version, ".hex");
    CAPTURE(path);
    const std::vector<Line> lines = lines_of(path);
    for (const Recorded& expected : samples::full_of_each_type(version)) {
      const std::string_view type = expected.event.type();
      CAPTURE(type);
      if (const Line* line = line_of(lines, type)) {
        const std::string bytes = from_hex(line->rest);
        const auto back = decode_record(expected.position, bytes);
        REQUIRE(back.has_value());
        CHECK(samples::same(*back, expected));
        if (version == version_now()) {
          std::string now;
          encode_record(now, expected);
          CHECK(to_hex(now) == line->rest);
        }
      } else if (version == version_now()) {
        INFO("no record of this type is kept: run this test once with CHANCERY_WRITE_GOLDEN=1");
        CHECK(asked_to_write());
        std::string bytes;
        encode_record(bytes, expected);
        if (asked_to_write()) append(path, type, to_hex(bytes));
      }
    }
  }
}

TEST_CASE("what a record looks like changes only with its version, but for new types and last words") {
  for (std::uint32_t version = 1; version <= version_now(); ++version) {
    const std::string path = path_of(version, ".layout");
    CAPTURE(path);
    const std::vector<Line> then = lines_of(path);
    for (const Line& now : layouts(version)) {
      CAPTURE(now.type, now.rest);
      if (const Line* line = line_of(then, now.type)) {
        CAPTURE(line->rest);
        CHECK(extends(now.rest, line->rest));
      } else if (version == version_now()) {
        INFO("the layout of this type is not kept: run this test once with CHANCERY_WRITE_GOLDEN=1");
        CHECK(asked_to_write());
        if (asked_to_write()) append(path, now.type, now.rest);
      }
    }
    const std::vector<Line> all = layouts(version);
    for (const Line& line : then) {
      CAPTURE(line.type);
      CHECK(line_of(all, line.type) != nullptr);
    }
  }
}

TEST_CASE("a layout may grow by last words and by nothing else") {
  CHECK(extends("{a:words(x y)}", "{a:words(x y)}"));
  CHECK(extends("{a:words(x y z) b:text}", "{a:words(x y) b:text}"));
  CHECK_FALSE(extends("{a:words(x z y)}", "{a:words(x y)}"));
  CHECK_FALSE(extends("{a:words(x)}", "{a:words(x y)}"));
  CHECK_FALSE(extends("{a:words(x yz)}", "{a:words(x y)}"));
  CHECK_FALSE(extends("{a:text b:text}", "{a:text}"));
  CHECK_FALSE(extends("{a:list(text text)}", "{a:list(text)}"));
}
