#include "core/record/value.hpp"

#include <catch2/catch.hpp>

#include "core/record/layout.hpp"
#include "tests/core/record/samples.hpp"

using namespace chancery;

namespace {

enum class Mood : std::uint8_t { calm, tense };

struct Inner {
  std::string name;
  Mood mood = Mood::tense;
  bool operator==(const Inner&) const = default;
  static constexpr auto fields() { return std::tuple{shown("name", &Inner::name), shown("mood", &Inner::mood)}; }
};
struct Other {
  Range held;
  bool operator==(const Other&) const = default;
  static constexpr auto fields() { return std::tuple{shown("held", &Other::held)}; }
};

/// One of everything that a view's state may be made of.
struct State {
  Party party;
  Inner inner;
  std::optional<Inner> maybe;
  std::variant<Inner, Other> either;
  std::set<std::string> sorted;
  std::map<std::string, std::vector<Inner>> nested;
  std::int64_t balance = 5;
  std::uint16_t small = 0;
  std::optional<bool> known;
  bool open = true;
  std::optional<Instant> lapses_at;
  std::optional<Range> range;
  std::vector<std::optional<Decimal>> decimals;
  bool operator==(const State&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        shown("party", &State::party),      shown("inner", &State::inner),   shown("maybe", &State::maybe),
        shown("either", &State::either),    shown("sorted", &State::sorted), shown("nested", &State::nested),
        shown("balance", &State::balance),  shown("small", &State::small),   shown("known", &State::known),
        shown("open", &State::open),        shown("range", &State::range),   shown("lapses_at", &State::lapses_at),
        shown("decimals", &State::decimals)};
  }
};

/// A struct whose middle field came with version 2 of the records.
struct Grown {
  std::string first;
  std::string second = "not said";
  std::optional<std::uint64_t> third;
  bool operator==(const Grown&) const = default;
  static constexpr auto fields() {
    return std::tuple{shown("first", &Grown::first), shown("second", &Grown::second).first_in(2),
                      shown("third", &Grown::third)};
  }
};
/// As it was before.
struct Young {
  std::string first;
  std::optional<std::uint64_t> third;
  static constexpr auto fields() { return std::tuple{shown("first", &Young::first), shown("third", &Young::third)}; }
};

template <class T>
std::string bytes_of(const T& value) {
  std::string bytes;
  encode_value(bytes, value);
  return bytes;
}

/// Bytes from hexadecimal digits.
std::string hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

template <class T>
bool corrupt(std::string_view digits) {
  const auto read = decode_value<T>(hex(digits));
  return !read.has_value() && read.error().kind == ErrorKind::corrupt;
}

constexpr std::string_view uuid = "018f9c1e-7b6a-7c3d-9a51-0123456789ab";

}  // namespace

template <>
struct chancery::Words<Mood> {
  static constexpr std::array<std::string_view, 2> list{"calm", "tense"};
};

TEST_CASE("each kind of value is the bytes that the grammar says") {
  CHECK(bytes_of(std::uint64_t{0}) == hex("00"));
  CHECK(bytes_of(std::uint64_t{127}) == hex("7f"));
  CHECK(bytes_of(std::uint64_t{300}) == hex("ac02"));
  CHECK(bytes_of(~std::uint64_t{0}) == hex("ffffffffffffffffff01"));
  CHECK(bytes_of(std::int64_t{-1}) == hex("01"));
  CHECK(bytes_of(std::int64_t{1}) == hex("02"));
  CHECK(bytes_of(std::numeric_limits<std::int64_t>::min()) == hex("ffffffffffffffffff01"));
  CHECK(bytes_of(true) == hex("01"));
  CHECK(bytes_of(Instant(std::chrono::microseconds(-2))) == hex("03"));
  CHECK(bytes_of(Visibility::restricted) == hex("02"));
  CHECK(bytes_of(std::string("ab")) == hex("026162"));
  CHECK(bytes_of(Party{"ab"}) == hex("026162"));
  CHECK(bytes_of(Decimal{"1.0"}) == hex("03312e30"));
  CHECK(bytes_of(Id{"ab"}) == hex("036162"));
  CHECK(bytes_of(Id{}) == hex("01"));
  CHECK(bytes_of(Id{std::string(uuid)}) == hex("00018f9c1e7b6a7c3d9a510123456789ab"));
  CHECK(bytes_of(Count{52, 52, true}) == hex("0534"));
  CHECK(bytes_of(Count{52, 52, false}) == hex("0134"));
  CHECK(bytes_of(Count{10, 15, false}) == hex("030a05"));
  CHECK(bytes_of(Count{10, {}, false}) == hex("000a"));
  CHECK(bytes_of(Range{10, 15}) == hex("030a05"));
  CHECK(bytes_of(std::optional<bool>()) == hex("00"));
  CHECK(bytes_of(std::optional<bool>(false)) == hex("0100"));
  CHECK(bytes_of(std::vector<Party>{{"a"}, {"b"}}) == hex("0201610162"));
  CHECK(bytes_of(std::map<std::string, bool>{{"a", true}}) == hex("01016101"));
  CHECK(bytes_of(std::variant<Inner, Other>(Other{})) == hex("0100"));
  CHECK(bytes_of(Inner{"", Mood::calm}) == hex("00"));
  CHECK(bytes_of(Inner{"a", Mood::tense}) == hex("03016101"));
  CHECK(bytes_of(Source{{}, {}, {}, {}, {}, {}, {}, {}, false}) == hex("800200"));
}

TEST_CASE("every value comes back, and equal values alone have equal bytes") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  samples::Random random(seed);
  std::vector<State> states(300);
  for (State& state : states) random.fill(state);
  for (const State& state : states) {
    const std::string bytes = bytes_of(state);
    const auto back = decode_value<State>(bytes);
    REQUIRE(back.has_value());
    REQUIRE(*back == state);
    REQUIRE(bytes_of(*back) == bytes);
    for (const State& other : states) REQUIRE((bytes_of(other) == bytes) == (other == state));
  }
}

TEST_CASE("a blank field comes back blank even where the struct begins with something else") {
  State state;
  state.balance = 0;
  state.open = false;
  state.inner = {"", Mood::calm};
  state.either = Inner{"", Mood::calm};
  CHECK(bytes_of(state) == hex("00"));
  CHECK(decode_value<State>(bytes_of(state)) == state);
  CHECK(decode_value<State>(bytes_of(State{})) == State{});
}

TEST_CASE("bytes that no value has are refused") {
  CHECK(corrupt<std::uint64_t>(""));
  CHECK(corrupt<std::uint64_t>("80"));
  CHECK(corrupt<std::uint64_t>("8000"));
  CHECK(corrupt<std::uint64_t>("ffffffffffffffffff02"));
  CHECK(corrupt<std::uint64_t>("ffffffffffffffffffff01"));
  CHECK(corrupt<std::uint64_t>("0000"));
  CHECK(corrupt<std::uint16_t>("808004"));
  CHECK(corrupt<std::int16_t>("808004"));
  CHECK(corrupt<bool>("02"));
  CHECK(corrupt<Visibility>("03"));
  CHECK(corrupt<Visibility>("8002"));
  CHECK(corrupt<std::optional<bool>>("02"));
  CHECK(corrupt<Id>("00018f9c1e7b6a7c3d9a510123456789"));
  CHECK(corrupt<Id>("25" + [] {
    std::string digits;
    for (const char c : uuid) (digits += "0123456789abcdef"[c >> 4]) += "0123456789abcdef"[c & 15];
    return digits;
  }()));
  CHECK(corrupt<Count>("0205"));
  CHECK(corrupt<Count>("0805"));
  CHECK(corrupt<Count>("030500"));
  CHECK(corrupt<Range>("0505"));
  CHECK(corrupt<std::set<std::string>>("0201620161"));
  CHECK(corrupt<std::set<std::string>>("0201610161"));
  CHECK(corrupt<std::map<std::string, bool>>("020161000161 00"));
  CHECK(corrupt<std::variant<Inner, Other>>("0200"));
  CHECK(corrupt<Inner>("04"));
  CHECK(corrupt<Inner>("0100"));
  CHECK(corrupt<Inner>("0200"));
}

TEST_CASE("a length beyond the bytes that are left is refused before room is made for it") {
  CHECK(corrupt<std::string>("0261"));
  CHECK(corrupt<std::string>("ffffffffffffffffff0161"));
  CHECK(corrupt<Id>("ffffffffffffffffff0161"));
  CHECK(corrupt<std::vector<std::string>>("ffffffffffffffffff0161"));
  CHECK(corrupt<std::vector<State>>("ffffffff0f00"));
  CHECK(corrupt<std::map<std::string, bool>>("ffffffff0f00"));
  CHECK(corrupt<std::set<std::string>>("ffffffff0f00"));
}

TEST_CASE("whatever the bytes, reading them ends without harm, and what it accepts it would write the same way") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  samples::Random random(seed);
  for (int round = 0; round < 20'000; ++round) {
    State state;
    random.fill(state);
    std::string bytes = bytes_of(state);
    for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.coin() ? random.below(8) : random.below(256));
    }
    if (random.below(4) == 0) bytes.resize(random.below(bytes.size()));
    const auto back = decode_value<State>(bytes);
    if (back.has_value()) REQUIRE(bytes_of(*back) == bytes);
  }
}

TEST_CASE(
    "a field that came later is as its struct begins where an older record is read, and wherever it stands in the "
    "list") {
  const std::string old = bytes_of(Young{"a", 7});
  RecordReader reader(old, 1);
  Grown grown;
  reader(grown);
  CHECK(reader.left() == 0);
  CHECK(grown == Grown{"a", "not said", 7});

  CHECK(decode_value<Grown>(bytes_of(Grown{"a", "", 7})) == Grown{"a", "", 7});
  CHECK(layout<Grown>(1) == layout<Young>());
  CHECK(layout<Grown>() == "{first:text second:text third:optional(unsigned)}");
}

TEST_CASE("a layout tells all that the bytes depend on") {
  CHECK(layout<State>() ==
        "{party:text inner:{name:text mood:words(calm tense)} maybe:optional({name:text mood:words(calm tense)}) "
        "either:variant({name:text mood:words(calm tense)} {held:range}) sorted:set(text) "
        "nested:map(text list({name:text mood:words(calm tense)})) balance:signed small:unsigned known:optional(bool) "
        "open:bool "
        "range:optional(range) lapses_at:optional(instant) decimals:list(optional(text))}");
  CHECK(layout<LetterDelivered>() == "{letter:id by:optional(text)}");
  CHECK(layout<PrisonersEstimated>() == "{holder:text count:count claimed_by:optional(text) category:optional(text)}");
}
