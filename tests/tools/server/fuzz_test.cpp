#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/fuzz/inputs.hpp"
#include "tests/support/seed.hpp"

using namespace chancery;

namespace {

constexpr int rounds = 10'000;

std::uint64_t told_seed() {
  const std::uint64_t seed = test::seed();
  std::cout << "CHANCERY_SEED = " << seed << '\n';
  return seed;
}

/// A sample with some bytes changed, taken out, doubled or put in.
std::string mutated(std::string text, std::mt19937_64& random) {
  using namespace std::string_view_literals;
  constexpr auto nasty = "\0\n\r\"\\/{}[]%&=?;,.:+-0123456789e\x7f\x80\xc3\xed\xff "sv;
  for (std::uint64_t changes = random() % 8; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0: text[at] = nasty[random() % nasty.size()]; break;
      case 1: text.erase(at, random() % 4 + 1); break;
      case 2: text.insert(at, text.substr(random() % text.size(), random() % 16)); break;
      case 3: text.insert(at, 1, nasty[random() % nasty.size()]); break;
      case 4: text.resize(at); break;
    }
  }
  return text;
}

void feed(void (*input)(std::string_view), std::initializer_list<const char*> samples) {
  std::mt19937_64 random(told_seed());
  const std::vector<std::string> all(samples.begin(), samples.end());
  for (int round = 0; round < rounds; ++round) {
    // In memory of exactly its size, so that a sanitizer sees a look beyond its end.
    const std::string text = mutated(all[random() % all.size()], random);
    const std::vector<char> exact(text.begin(), text.end());
    input({exact.data(), exact.size()});
  }
  SUCCEED();
}

}  // namespace

TEST_CASE("any target is read or refused, and what is read is read the same again") {
  feed(fuzz::target, {"/v1/views/sanctions?at=2025-09-11&known=pos:30&where=status%3Deased", "/v1/events/minsk%2Fletter", "/", "/a%20b/%E2%82%AC?x=+&&y", "*"});
}

TEST_CASE("any Accept is understood or taken for nothing") {
  feed(fuzz::accept, {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json", "text/*;q=.5;level=1", ";;;,,,q="});
}

TEST_CASE("any body is events or is refused") {
  feed(fuzz::body, {"0{\"id\":\"a\",\"type\":\"prisoners.released\",\"occurred\":\"2025\",\"data\":{\"holder\":\"state:BLR\",\"count\":1}}",
                    "0[{\"type\":\"letter.sent\",\"occurred\":\"2025\",\"data\":{\"from\":\"person:a\",\"to\":\"person:b\"}},{}]",
                    "1{\"type\":\"letter.sent\"}\n\n{\"type\":1}\r\n", "2{\"specversion\":\"1.0\",\"type\":\"chancery.x\",\"data\":{}}", "3[[[]]]"});
}

TEST_CASE("any condition is understood or refused") {
  feed(fuzz::condition, {"state:BLR=3, usa/belavia=none\ntype=sanction.*&after=5", "7", "none\nparty=state:BLR&tag=a%20b", "a=b=c=exists\n&&&="});
}
