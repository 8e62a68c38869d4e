#pragma once

#include <map>

#include "core/coding.hpp"
#include "core/count.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// Detentions, releases, estimates of how many are held, reports about one person.
namespace chancery {

enum class ReleaseMode : std::uint8_t { pardon, exchange, deportation, served, unspecified };
template <>
struct Words<ReleaseMode> {
  static constexpr std::array<std::string_view, 5> list{"pardon", "exchange", "deportation", "served", "unspecified"};
};

enum class PrisonerStatus : std::uint8_t { held, released, unknown, died };
template <>
struct Words<PrisonerStatus> {
  static constexpr std::array<std::string_view, 4> list{"held", "released", "unknown", "died"};
};

struct PrisonersDetained {
  Party holder;
  std::optional<Count> count;
  std::vector<Party> persons;
  std::optional<Count> foreign;
  std::map<Country, Count> nationalities;
  std::optional<std::string> grounds;
  bool operator==(const PrisonersDetained&) const = default;

  static constexpr std::string_view type = "prisoners.detained";
  static constexpr std::uint16_t code = 30;
  static constexpr std::string_view description = "People were detained; needs a count, persons, or both";
  static constexpr DefaultCoding coding{"COERCE", "arrest", "173", 4, "-5.0"};
  static constexpr auto fields() {
    return std::tuple{
        required("holder", &PrisonersDetained::holder, "who holds them"),
        optional("count", &PrisonersDetained::count, "how many: n, or [low, high], high null for at least"),
        optional("persons", &PrisonersDetained::persons, "those who are known by name (person:...)"),
        optional("foreign", &PrisonersDetained::foreign, "how many of them are foreigners"),
        optional("nationalities", &PrisonersDetained::nationalities, "how many of each country, by ISO code"),
        optional("grounds", &PrisonersDetained::grounds, "why")};
  }
};

struct PrisonersReleased {
  Party holder;
  std::optional<Count> count;
  std::vector<Party> persons;
  std::optional<Count> foreign;
  std::map<Country, Count> nationalities;
  std::optional<ReleaseMode> mode;
  std::optional<PartyOrText> destination;
  bool operator==(const PrisonersReleased&) const = default;

  static constexpr std::string_view type = "prisoners.released";
  static constexpr std::uint16_t code = 31;
  static constexpr std::string_view description = "People were freed; needs a count, persons, or both";
  static constexpr DefaultCoding coding{"RETREAT", "release", "0841", 2, "7.0"};
  static constexpr auto fields() {
    return std::tuple{
        required("holder", &PrisonersReleased::holder, "who held them"),
        optional("count", &PrisonersReleased::count, "how many: n, or [low, high], high null for at least"),
        optional("persons", &PrisonersReleased::persons, "those who are known by name (person:...)"),
        optional("foreign", &PrisonersReleased::foreign, "how many of them are foreigners"),
        optional("nationalities", &PrisonersReleased::nationalities, "how many of each country, by ISO code"),
        optional("mode", &PrisonersReleased::mode, "in which way"),
        optional("destination", &PrisonersReleased::destination, "where they were taken: a party or text")};
  }
};

struct PrisonersEstimated {
  Party holder;
  Count count;
  std::optional<Party> claimed_by;
  std::optional<std::string> category;
  bool operator==(const PrisonersEstimated&) const = default;

  static constexpr std::string_view type = "prisoners.estimated";
  static constexpr std::uint16_t code = 32;
  static constexpr std::string_view description = "Somebody said how many were held then";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{
        required("holder", &PrisonersEstimated::holder, "who holds them"),
        required("count", &PrisonersEstimated::count, "how many were held then: n, or [low, high]"),
        optional("claimed_by", &PrisonersEstimated::claimed_by, "whose estimate it is"),
        optional("category", &PrisonersEstimated::category, "who is counted, such as political")};
  }
};

struct PrisonerReported {
  Party holder, person;
  PrisonerStatus status = PrisonerStatus::unknown;
  std::optional<std::string> detail;
  bool operator==(const PrisonerReported&) const = default;

  static constexpr std::string_view type = "prisoner.reported";
  static constexpr std::uint16_t code = 33;
  static constexpr std::string_view description = "One person's state was reported; only died counts in the tally";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{required("holder", &PrisonerReported::holder, "who holds or held the person"),
                      required("person", &PrisonerReported::person, "person:..."),
                      required("status", &PrisonerReported::status, "what was reported"),
                      optional("detail", &PrisonerReported::detail, "more, in words")};
  }
};

struct FlightFlown {
  PartyOrText from, to;
  std::optional<Party> carrier, aircraft;
  std::vector<Party> escort;
  std::optional<Id> carries;
  std::optional<Count> passengers;
  bool operator==(const FlightFlown&) const = default;

  static constexpr std::string_view type = "flight.flown";
  static constexpr std::uint16_t code = 34;
  static constexpr std::string_view description = "People were flown from one place to another";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{required("from", &FlightFlown::from, "a party or text"),
                      required("to", &FlightFlown::to, "a party or text"),
                      optional("carrier", &FlightFlown::carrier, "whose flight it was"),
                      optional("aircraft", &FlightFlown::aircraft, "aircraft:..."),
                      optional("escort", &FlightFlown::escort, "who went with them"),
                      optional("carries", &FlightFlown::carries, "id of the event whose people it carried"),
                      optional("passengers", &FlightFlown::passengers, "how many were carried")};
  }
};

}  // namespace chancery
