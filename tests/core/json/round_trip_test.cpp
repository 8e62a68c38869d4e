#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/json/envelope.hpp"
#include "core/json/write_fields.hpp"
#include "tests/core/json/reading_lines.hpp"

// What is written reads back as the same event, and writes as the same bytes.

using namespace chancery;
using namespace chancery::test;

namespace {

void check_round_trip(const Event& event) {
  std::string first, second;
  write_event(first, event);
  EventReader reader;
  const auto given = reader.read(first);
  INFO(first);
  INFO((given ? std::string() : given.error().message()));
  REQUIRE(given.has_value());
  CHECK(given->event == event);
  write_event(second, given->event);
  CHECK(first == second);
  CHECK(content_digest(given->event) == content_digest(event));
}

/// Random values of every type that a table of fields can hold. Names are numbered, so that no list has one twice.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  bool coin() { return below(2) == 0; }

  std::string text() {
    static const std::vector<std::string> parts{"a",    "Z",    " ", "\"", "\\", "/",      "\n", "\t",
                                                "\x01", "\x7f", "é", "Ў",  "😀",  "\u2028", "<",  "0"};
    std::string out = "t";
    for (std::size_t i = below(12); i > 0; --i) out += parts[below(parts.size())];
    return out;
  }
  std::string number() {
    std::string out = coin() ? "-" : "";
    out += std::to_string(below(80));
    if (coin()) out += "." + std::to_string(below(1000));
    return out;
  }
  std::string name(std::string_view prefix) { return std::string(prefix) + std::to_string(++serial_); }

  void fill(std::string& value) { value = text(); }
  void fill(bool& value) { value = coin(); }
  void fill(std::uint64_t& value) { value = 1 + below(4); }
  void fill(Decimal& value) { value.text = number(); }
  void fill(Count& value) {
    value.low = 20 + below(1000);
    value.single = coin();
    value.high = value.low + (value.single ? 0 : below(50));
    if (!value.single && coin()) value.high.reset();
  }
  void fill(Party& value) { value.text = name("person:p"); }
  void fill(Slug& value) { value.text = name("s"); }
  void fill(LongSlug& value) { value.text = name("a/b."); }
  void fill(Id& value) { value.text = coin() ? name("x/") : "c3139ef7-70ca-4f5f-bd7e-7f396cd1e15e"; }
  void fill(Country& value) { value.text = coin() ? "LTU" : "BLR"; }
  void fill(Date& value) { value.text = coin() ? "2025-09" : "2026~"; }
  void fill(PartyOrText& value) { value.text = coin() ? name("org:o") : text(); }
  void fill(Json& value) { value.text = R"({"k":[1.50,null,{}],"z":"\u00e9"})"; }
  template <HasWords Enum>
  void fill(Enum& value) {
    value = static_cast<Enum>(below(Words<Enum>::list.size()));
  }
  template <HasFields T>
  void fill(T& value) {
    for_each_field<T>([&](const auto& field) {
      if (field.presence == Presence::required || coin()) fill(value.*field.member);
    });
  }
  template <class T>
  void fill(std::optional<T>& value) {
    fill(value.emplace());
    if constexpr (HasFields<T>) {
      if (*value == T{}) value.reset();
    }
  }
  template <class T>
  void fill(std::vector<T>& value) {
    for (std::size_t i = 1 + below(3); i > 0; --i) {
      fill(value.emplace_back());
      if constexpr (HasFields<T>) {
        if (value.back() == T{}) value.pop_back();
      }
    }
  }
  void fill(std::map<Country, Count>& value) { value[Country{"POL"}] = Count{3, 3, true}; }
  void fill(std::map<std::string, std::string>& value) { value[text()] = text(); }

 private:
  std::mt19937_64 random_;
  std::size_t serial_ = 0;
};

/// What the tables do not say.
void keep_rules(Event& event, Chance& chance) {
  const auto keep = [](auto& data) {
    if (data.count) data.foreign = Count{1, 2, false};
    if (!data.count) data.count = Count{20, std::nullopt, false};
  };
  if (auto* detained = std::get_if<PrisonersDetained>(&event.payload)) keep(*detained);
  if (auto* released = std::get_if<PrisonersReleased>(&event.payload)) keep(*released);
  if (auto* observed = std::get_if<ActionObserved>(&event.payload)) {
    if (chance.coin()) chance.fill(observed->rest);
    event.coding.emplace().quad = 2;
  }
  for (Source& source : event.sources) {
    if (source.grade) source.grade = "B2";
  }
  event.retracts.reset();
  event.supports.reset();
  event.zone = chance.coin() ? std::optional<std::string>("Europe/Minsk") : std::nullopt;
  event.stream = "s/1";
  event.occurred = "2025-09-11";
  if (!event.about_record()) return;
  event.occurred.clear();
  event.zone.reset();
  event.disputes.clear();
  event.corrects.reset();
  if (event.as<RecordRetracted>() != nullptr) event.retracts = Id{"x/0"};
  if (event.as<RecordSourced>() != nullptr) {
    event.supports = Id{"x/0"};
    event.sources = {Source{}};
    event.sources.front().url = "u";
  }
}

template <class T>
Event random_event(Chance& chance) {
  Event event;
  T data;
  chance.fill(data);
  event.payload = std::move(data);
  const auto fill = [&](const auto& field) {
    if constexpr (requires { field.member; }) {
      if (chance.coin()) chance.fill(event.*field.member);
    }
  };
  std::apply([&](const auto&... field) { (fill(field), ...); }, envelope_table);
  if (event.place && event.place->lat) event.place->lat->text = "53.90";
  chance.fill(event.id);
  keep_rules(event, chance);
  return event;
}

}  // namespace

TEST_CASE("random events of every type are written and read back the same") {
  const char* given = std::getenv("CHANCERY_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  INFO("CHANCERY_SEED=" << seed);
  Chance chance(seed);
  for (int round = 0; round < 30; ++round) {
    for_each_type([&]<class T>() { check_round_trip(random_event<T>(chance)); });
  }
}

TEST_CASE("every event of the conformance ledgers is written and read back the same") {
  const char* named = std::getenv("CHANCERY_SHARED");
  const std::filesystem::path shared = named != nullptr ? named : "../shared";
  if (!std::filesystem::exists(shared / "conformance")) {
    WARN("skipped: no conformance ledgers in " << shared << " (CHANCERY_SHARED)");
    return;
  }
  EventReader reader;
  std::size_t events = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared / "conformance")) {
    if (entry.path().extension() != ".ndjson") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line); ++events) {
      const auto given = reader.read(line, {.preserve_recorded = true});
      INFO(line);
      REQUIRE(given.has_value());
      check_round_trip(given->event);
    }
  }
  CHECK(events > 0);
}

TEST_CASE("members are written in the order of the documents, output fields last") {
  Recorded recorded;
  recorded.event = event_of(
      R"({"ext":{"a":1},"tags":"t","visibility":"partner","corrects":"c","disputes":"d","because_of":"b","sources":"u","coding":{"quad":1},)"
      R"("data":{"participants":"state:USA"},"summary":"s","place":"p","recipient":"state:BLR","actor":"state:USA","zone":"UTC",)"
      R"("occurred":"2025","type":"call.held","stream":"st","id":"i"})");
  recorded.position = 7;
  recorded.recorded_at = *parse_instant("", "2025-09-11T10:00:00Z");
  std::string out;
  write_recorded(out, recorded);
  CHECK(
      out ==
      R"({"id":"i","stream":"st","type":"call.held","occurred":"2025","zone":"UTC","actor":["state:USA"],"recipient":["state:BLR"],)"
      R"("place":"p","summary":"s","data":{"participants":["state:USA"]},"coding":{"quad":1},"sources":[{"url":"u"}],"because_of":["b"],)"
      R"("disputes":["d"],"corrects":"c","visibility":"partner","tags":["t"],"ext":{"a":1},"position":7,"revision":0,)"
      R"("recorded_at":"2025-09-11T10:00:00Z"})");
}

namespace {

struct SomeState {
  Party holder;
  std::optional<Range> held;
  std::vector<std::string> names;
  std::map<std::string, std::string> ids;
  std::optional<std::string> mode;
  std::optional<Instant> lapses_at;
  std::int64_t sum = -5;
  static constexpr auto fields() {
    return std::tuple{shown("holder", &SomeState::holder),    shown("held", &SomeState::held),
                      shown("names", &SomeState::names),      shown("ids", &SomeState::ids),
                      optional("mode", &SomeState::mode, ""), shown("lapses_at", &SomeState::lapses_at),
                      shown("sum", &SomeState::sum)};
  }
};

struct OtherState {
  std::string what;
  static constexpr auto fields() { return std::tuple{shown("what", &OtherState::what)}; }
};

}  // namespace

TEST_CASE("a state shows all its fields, null or empty where nothing is known") {
  SomeState state;
  std::string out;
  write_json(out, state);
  CHECK(out == R"({"holder":null,"held":null,"names":[],"ids":{},"lapses_at":null,"sum":-5})");
  state = {Party{"state:BLR"},
           Range{3, std::nullopt},
           {"a", "b\n"},
           {{"k", "v"}},
           "pardon",
           *parse_instant("", "2025-09-11T10:00:00Z"),
           7};
  out.clear();
  write_json(out, std::variant<OtherState, SomeState>(state));
  CHECK(out ==
        R"({"holder":"state:BLR","held":{"low":3,"high":null},"names":["a","b\n"],"ids":{"k":"v"},"mode":"pardon",)"
        R"("lapses_at":"2025-09-11T10:00:00Z","sum":7})");
}
