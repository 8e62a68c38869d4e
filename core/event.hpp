#pragma once

#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/action/registry.hpp"
#include "core/coding.hpp"
#include "core/instant.hpp"
#include "core/names.hpp"

/// One diplomatic action, or one thing said about an earlier event (events.md, "Envelope").
namespace chancery {

/// Who may read an event. Each level sees its own events and those of the levels before it.
enum class Visibility : std::uint8_t { public_, partner, restricted };
template <>
struct Words<Visibility> {
  static constexpr std::array<std::string_view, 3> list{"public", "partner", "restricted"};
};
constexpr std::array<Visibility, 3> all_levels{Visibility::public_, Visibility::partner, Visibility::restricted};

/// Whether any date of an EDTF string is doubtful (`?`), approximate (`~`) or both (`%`).
inline bool carries_qualifier(std::string_view edtf) { return edtf.find_first_of("?~%") != std::string_view::npos; }

/// A party as actor or recipient, perhaps on behalf of another.
struct Role {
  Party party;
  std::optional<Party> on_behalf_of;
  std::optional<std::string> role;
  bool operator==(const Role&) const = default;

  /// The party whose action it is: the one acted for, else the party itself.
  const Party& principal() const { return on_behalf_of ? *on_behalf_of : party; }

  static constexpr auto fields() {
    return std::tuple{required("party", &Role::party, "kind:slug"),
                      optional("on_behalf_of", &Role::on_behalf_of, "the party it acts for"),
                      optional("role", &Role::role, "such as head of delegation")};
  }
};

/// Where it happened. As text alone it is `name` and `only_name`.
struct Place {
  std::optional<std::string> name;
  std::optional<Country> country;
  std::optional<Decimal> lat, lon;
  bool only_name = false;  ///< it was given as a string, and is shown so
  bool operator==(const Place&) const = default;

  static constexpr auto fields() {
    return std::tuple{optional("name", &Place::name, "what it is called"),
                      optional("country", &Place::country, "ISO code"),
                      optional("lat", &Place::lat, "degrees north, -90 to 90"),
                      optional("lon", &Place::lon, "degrees east, -180 to 180")};
  }
};

/// A piece of evidence.
struct Source {
  std::optional<std::string> url, title, publisher;
  std::optional<Date> published;
  std::optional<std::string> retrieved, sha256, quote, grade;
  std::optional<bool> official;
  bool operator==(const Source&) const = default;

  static constexpr auto fields() {
    return std::tuple{optional("url", &Source::url, "where it can be read"),
                      optional("title", &Source::title, "what it is called"),
                      optional("publisher", &Source::publisher, "who published it"),
                      optional("published", &Source::published, "EDTF: when it was published"),
                      optional("retrieved", &Source::retrieved, "when it was read"),
                      optional("sha256", &Source::sha256, "of the file that was read"),
                      optional("quote", &Source::quote, "the words that say so"),
                      optional("grade", &Source::grade, "Admiralty code: reliability A to F, credibility 1 to 6"),
                      optional("official", &Source::official, "whether a public authority speaks")};
  }
};

/// An event as it is given, with `id` and `stream` written in. A value made by `read_event` is valid by itself;
/// whether what it links to exists and is live is for the ledger to say.
struct Event {
  Id id;
  std::string stream;
  Payload payload;
  std::string occurred;             ///< EDTF as written; empty for record.* alone
  std::optional<std::string> zone;  ///< IANA; absent is UTC
  std::vector<Role> actor, recipient;
  std::optional<Place> place;
  std::optional<std::string> summary;
  std::optional<Coding> coding;
  std::vector<Source> sources;
  std::vector<Id> because_of, disputes;
  std::optional<Id> corrects, retracts, supports;
  std::optional<Visibility> visibility;
  std::vector<std::string> tags;
  Json ext;  ///< a JSON object; empty: absent
  bool operator==(const Event&) const = default;

  std::string_view type() const { return type_of(payload); }
  Visibility level() const { return visibility.value_or(Visibility::public_); }
  std::string_view zone_name() const { return zone ? std::string_view(*zone) : std::string_view("UTC"); }
  /// Whether it is a record.*: said about an event, never folded, part of no chain.
  bool about_record() const {
    return std::holds_alternative<RecordRetracted>(payload) || std::holds_alternative<RecordSourced>(payload);
  }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&payload);
  }
};

/// The revision of an event as a reader sees it who may not see all events, and so not how many came before it in its stream.
constexpr std::uint64_t revision_not_seen = std::numeric_limits<std::uint64_t>::max();

/// An event as the ledger holds it.
struct Recorded {
  Event event;
  Position position = 0;
  std::uint64_t revision = 0;  ///< place in its stream, from 0
  Instant recorded_at{};       ///< equal for all events of one commit
  std::optional<std::string> recorded_by;
  Instant earliest{}, latest{};  ///< what `occurred` meant when it was recorded; for record.* both are recorded_at
  std::optional<Instant> deadline;  ///< the instant after the end of its expires, until or due, worked out at the same time
  std::uint32_t local_month = 0;    ///< year * 12 + month - 1 of `earliest` in the event's zone, likewise; 0 for record.*
  Position commit_first = 0, commit_last = 0;  ///< the commit it is part of
  Position chain = 0;  ///< position of the first event of its chain; its own where it corrects nothing or is a record.*
  /// The most hidden event that its stream's name was taken from: who may not see that is shown `actions`.
  Visibility stream_level = Visibility::public_;
};

}  // namespace chancery
