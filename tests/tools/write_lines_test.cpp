#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.hpp"
#include "tools/chancery/lines.hpp"

namespace chancery::cli {
namespace {

struct Read {
  std::vector<std::string> texts;
  std::vector<std::uint64_t> numbers, offsets;
  std::uint64_t end = 0;
};

class LinesOf {
 public:
  explicit LinesOf(const std::string& content) : path_((folder_.path() / "lines").string()) { std::ofstream(path_) << content; }

  Read read(std::uint64_t end = UINT64_MAX) const {
    const Result<Input> input = Input::open(path_);
    Lines lines(input.value(), end);
    Read read;
    Line line;
    while (lines.next(line).value()) {
      read.texts.push_back(line.too_long ? "too long: " + std::to_string(line.bytes) : std::string(line.text));
      read.numbers.push_back(line.number);
      read.offsets.push_back(line.offset);
    }
    read.end = lines.offset();
    return read;
  }

 private:
  test::TempFolder folder_;
  std::string path_;
};

using Texts = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("lines end with a line feed, with or without a carriage return, and the last one with the file") {
  const Read read = LinesOf("a\nb\r\n\n  \nc").read();
  CHECK(read.texts == Texts{"a", "b", "c"});
  CHECK(read.numbers == Numbers{1, 2, 5});
  CHECK(read.offsets == Numbers{0, 2, 9});
  CHECK(read.end == 10);
}

TEST_CASE("a byte order mark belongs to no line, and one in the middle is part of its line") {
  CHECK(LinesOf("\xef\xbb\xbf" "a\n\xef\xbb\xbf" "b").read().texts == Texts{"a", "\xef\xbb\xbf" "b"});
  CHECK(LinesOf("\xef\xbb\xbf").read().texts.empty());
}

TEST_CASE("a line is kept up to its limit and counted beyond it") {
  const std::string kept(line_bytes_kept, 'k'), longer(line_bytes_kept + 1, 'l'), huge(5'000'000, 'h');
  const Read read = LinesOf(kept + "\n" + longer + "\n" + huge + "\nend\n" + huge).read();
  CHECK(read.texts == Texts{kept, "too long: " + std::to_string(longer.size()), "too long: 5000000", "end", "too long: 5000000"});
  CHECK(read.offsets[3] == kept.size() + longer.size() + huge.size() + 3);
}

TEST_CASE("many lines are the same whatever falls on the border of a buffer") {
  std::string content;
  Texts texts;
  for (std::size_t i = 1; i < 3000; ++i) {
    texts.push_back(std::string(i * 7 % 1999 + 1, static_cast<char>('a' + i % 26)));
    content += texts.back() + (i % 3 == 0 ? "\r\n" : "\n");
  }
  CHECK(LinesOf(content).read().texts == texts);
}

TEST_CASE("reading ends where it is told to, and what was added behind is not seen") {
  CHECK(LinesOf("a\nb\nc\n").read(4).texts == Texts{"a", "b"});
}

TEST_CASE("a regular file is not copied, a pipe is, and both can be read twice") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "a\nb\n", 4) == 4);
  ::close(ends[1]);
  const Result<Input> input = Input::open("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  REQUIRE(input);
  CHECK(input->size() == 4);
  for (int pass = 0; pass < 2; ++pass) {
    Lines lines(*input);
    Line line;
    REQUIRE(lines.next(line).value());
    CHECK(line.text == "a");
  }
}

TEST_CASE("refused lines are kept beside a file, and those of a pipe in the current folder") {
  test::TempFolder folder;
  const std::string path = (folder.path() / "a.ndjson").string();
  std::ofstream(path) << "a\n";
  CHECK(Input::open(path)->rejected_path() == path + ".rejected");
  CHECK(Input::open("/dev/null")->rejected_path() == "null.rejected");
}

}  // namespace chancery::cli
