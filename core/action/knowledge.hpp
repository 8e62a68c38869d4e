#pragma once

#include <map>

#include "core/coding.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// What is known of parties and lists, what a feed saw, and what is said about earlier events.
namespace chancery {

struct PartyDescribed {
  Party party;
  std::optional<std::string> name;
  std::vector<std::string> aliases;
  std::vector<Country> nationality;
  std::vector<Party> affiliations;
  std::map<std::string, std::string> identifiers;
  std::vector<Party> same_as;
  bool operator==(const PartyDescribed&) const = default;

  static constexpr std::string_view type = "party.described";
  static constexpr std::uint16_t code = 60;
  static constexpr std::string_view description = "Who or what a party is; each field that is given replaces it whole";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{required("party", &PartyDescribed::party, "who is described"),
                      optional("name", &PartyDescribed::name, "the name people read"),
                      optional("aliases", &PartyDescribed::aliases, "other names"),
                      optional("nationality", &PartyDescribed::nationality, "ISO codes"),
                      optional("affiliations", &PartyDescribed::affiliations, "parties it belongs to"),
                      optional("identifiers", &PartyDescribed::identifiers, "scheme to id, such as ofac-sdn to 44541"),
                      optional("same_as", &PartyDescribed::same_as, "parties that are this one")};
  }
};

struct ListObserved {
  LongSlug list;
  std::uint64_t entries = 0;
  std::optional<std::string> sha256;
  bool operator==(const ListObserved&) const = default;

  static constexpr std::string_view type = "list.observed";
  static constexpr std::uint16_t code = 61;
  static constexpr std::string_view description = "A published list was seen in this state";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{required("list", &ListObserved::list, "its name"),
                      required("entries", &ListObserved::entries, "how many entries it had"),
                      optional("sha256", &ListObserved::sha256, "of the file as it was published")};
  }
};

/// The only payload with free fields: `rest` is a JSON object of what a feed gave besides `text`, kept as it is.
struct ActionObserved {
  std::string text;
  Json rest;
  bool operator==(const ActionObserved&) const = default;

  static constexpr std::string_view type = "action.observed";
  static constexpr std::uint16_t code = 62;
  static constexpr std::string_view description = "An action as a feed coded it; its own coding is required";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() { return std::tuple{required("text", &ActionObserved::text, "the action in words")}; }
};

struct RecordRetracted {
  std::string reason;
  bool operator==(const RecordRetracted&) const = default;

  static constexpr std::string_view type = "record.retracted";
  static constexpr std::uint16_t code = 70;
  static constexpr std::string_view description = "The event that `retracts` names is withdrawn from now on";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() { return std::tuple{required("reason", &RecordRetracted::reason, "why")}; }
};

struct RecordSourced {
  std::optional<std::string> note;
  bool operator==(const RecordSourced&) const = default;

  static constexpr std::string_view type = "record.sourced";
  static constexpr std::uint16_t code = 71;
  static constexpr std::string_view description = "The evidence of the event that `supports` names grows by these sources";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() { return std::tuple{optional("note", &RecordSourced::note, "what they add")}; }
};

}  // namespace chancery
