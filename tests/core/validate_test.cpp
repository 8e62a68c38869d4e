#include "core/validate.hpp"

#include <catch2/catch.hpp>

using namespace chancery;

namespace {

Event easing(std::string zone, std::string until) {
  Event event;
  event.id.text = "x";
  event.occurred = "2025-09-11";
  event.zone = std::move(zone);
  SanctionEased data;
  data.measure.text = "usa/belavia";
  data.until = Date{std::move(until)};
  event.payload = std::move(data);
  return event;
}

}  // namespace

TEST_CASE("a valid event is told when it was and when its deadline ends, in its zone") {
  const auto moments = validate(easing("Europe/Minsk", "2025-12"));
  REQUIRE(moments);
  CHECK(format_instant(moments->earliest) == "2025-09-10T21:00:00Z");
  CHECK(format_instant(moments->latest) == "2025-09-11T20:59:59.999999Z");
  CHECK(format_instant(*moments->deadline) == "2025-12-31T21:00:00Z");
  CHECK(moments->local_month == 2025 * 12 + 8);
}

TEST_CASE("the month of an event is that of its zone's calendar") {
  Event event = easing("Pacific/Auckland", "2026");
  event.occurred = "2025-08-31T13:00Z";  // 1 September in Auckland
  CHECK(validate(event)->local_month == 2025 * 12 + 8);
}

TEST_CASE("an event about a record has no moments of its own") {
  Event event;
  event.payload = RecordRetracted{"wrong"};
  event.retracts = Id{"a"};
  const auto moments = validate(event);
  REQUIRE(moments);
  CHECK(moments->earliest == Instant{});
  CHECK_FALSE(moments->deadline);
  CHECK(default_stream(event).empty());
}

TEST_CASE("the first rule that an event breaks is told, in the order of the envelope") {
  Event event = easing("Nowhere", "soon");
  CHECK(validate(event).error().field == "zone");
  event.zone = "UTC";
  CHECK(validate(event).error().field == "data.until");
  event.occurred = "bad";
  CHECK(validate(event).error().field == "occurred");
}
