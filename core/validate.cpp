#include "core/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "core/decimal_digits.hpp"
#include "core/number_ranges.hpp"
#include "core/occurred.hpp"
#include "core/zone.hpp"

namespace chancery {
namespace {

using Checked = Result<void>;

constexpr std::size_t short_list_max = 8;  ///< up to here two loops find a repeated party sooner than a sort

/// "data." and the field's name.
std::string in_data(std::string_view name) { return fmt::format("data.{}", name); }

// --- what belongs to some types only

Checked check_record_retracted(const Event& event) {
  if (!event.retracts) return refused("retracts", "nothing", "the id of the event that is withdrawn");
  if (event.supports)
    return refused("supports", chancery::quoted(event.supports->text), "nothing, except in record.sourced");
  return {};
}

Checked check_record_sourced(const Event& event) {
  if (event.retracts)
    return refused("retracts", chancery::quoted(event.retracts->text), "nothing, except in record.retracted");
  if (!event.supports) return refused("supports", "nothing", "the id of the event whose evidence grows");
  if (event.sources.empty()) return refused("sources", "nothing", "at least one source");
  return {};
}

Checked check_about_record(const Event& event) {
  const std::string allowed = fmt::format("nothing in {}", event.type());
  if (!event.occurred.empty()) return refused("occurred", chancery::quoted(event.occurred), allowed);
  if (!event.disputes.empty()) return refused("disputes", chancery::quoted(event.disputes.front().text), allowed);
  if (event.corrects) return refused("corrects", chancery::quoted(event.corrects->text), allowed);
  return event.as<RecordRetracted>() != nullptr ? check_record_retracted(event) : check_record_sourced(event);
}

Checked check_action(const Event& event) {
  if (event.occurred.empty())
    return refused("occurred", "nothing", "an EDTF date, such as 2025-09-11: when it happened");
  if (event.as<ActionObserved>() != nullptr && !event.coding) {
    return refused("coding", "nothing", "an object: an action.observed has no coding but its own");
  }
  if (event.retracts)
    return refused("retracts", chancery::quoted(event.retracts->text), "nothing, except in record.retracted");
  if (event.supports)
    return refused("supports", chancery::quoted(event.supports->text), "nothing, except in record.sourced");
  return {};
}

// --- lists in which a party must not come twice

std::string_view name_in(const Party& party) { return party.text; }
std::string_view name_in(const Role& role) { return role.party.text; }
std::string_view name_in(const PartyOrText& about) {
  return looks_like_party(about.text) ? std::string_view(about.text) : "";
}

template <class T>
Checked check_no_party_twice(std::string_view field, const std::vector<T>& list) {
  const auto twice = [&](std::size_t index) {
    return refused(fmt::format("{}[{}]", field, index), quoted(name_in(list[index])) + " again",
                   "each party once in a list");
  };
  if (list.size() <= short_list_max) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (name_in(list[i]) == name_in(list[j]) && !name_in(list[i]).empty()) return twice(i);
      }
    }
    return {};
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!name_in(list[i]).empty()) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return name_in(list[a]) < name_in(list[b]); });
  std::optional<std::size_t> first;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (name_in(list[order[i - 1]]) == name_in(list[order[i]])) first = std::min(order[i], first.value_or(order[i]));
  }
  if (first) return twice(*first);
  return {};
}

// --- values of the envelope

Checked check_degrees(std::string_view field, const std::optional<Decimal>& degrees, NumberRange range) {
  if (!degrees) return {};
  if (is_within(degrees->text, range.least, range.most)) return {};
  return refused(std::string(field), "the number " + degrees->text, fmt::format("{} to {} degrees", range.least, range.most));
}

Checked check_grade(std::size_t index, const Source& source) {
  if (!source.grade) return {};
  const std::string& grade = *source.grade;
  if (grade.size() == 2 && grade[0] >= 'A' && grade[0] <= 'F' && grade[1] >= '1' && grade[1] <= '6') return {};
  return refused(fmt::format("sources[{}].grade", index), chancery::quoted(grade),
                 "an Admiralty code: A to F, then 1 to 6, such as B2");
}

Checked check_sources(const std::vector<Source>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (auto good = check_grade(i, sources[i]); !good) return good;
    if (!sources[i].published) continue;
    // Any calendar's days: a publisher's zone is not the event's.
    const auto published = resolve_occurred({}, sources[i].published->text, "UTC");
    if (published) continue;
    Error error = published.error();
    error.field = fmt::format("sources[{}].published", i);
    return Failure(std::move(error));
  }
  return {};
}

Checked check_envelope(const Event& event) {
  if (!event.stream.empty()) {
    if (auto stream = parse_stream("stream", event.stream); !stream) return Failure(stream.error());
  }
  if (event.zone && !zone_exists(*event.zone)) {
    return refused("zone", chancery::quoted(*event.zone), "a zone of the IANA database, such as Europe/Minsk");
  }
  if (auto good = check_no_party_twice("actor", event.actor); !good) return good;
  if (auto good = check_no_party_twice("recipient", event.recipient); !good) return good;
  if (event.place) {
    if (auto good = check_degrees("place.lat", event.place->lat, latitude_range); !good) return good;
    if (auto good = check_degrees("place.lon", event.place->lon, longitude_range); !good) return good;
  }
  if (event.coding && event.coding->quad && (std::cmp_less(*event.coding->quad, quad_range.least) || std::cmp_greater(*event.coding->quad, quad_range.most))) {
    return refused("coding.quad", fmt::format("the number {}", *event.coding->quad), fmt::format("{} to {}", quad_range.least, quad_range.most));
  }
  if (event.coding && event.coding->goldstein && !is_within(event.coding->goldstein->text, goldstein_range.least, goldstein_range.most)) {
    return refused("coding.goldstein", "the number " + event.coding->goldstein->text, fmt::format("{} to {}; the scale goes from -10 to 10", goldstein_range.least, goldstein_range.most));
  }
  return check_sources(event.sources);
}

// --- payloads

bool is_person(const Party& party) { return kind_of(party) == "person"; }

Failure refused_person(std::string field, const Party& party) {
  return refused(std::move(field), chancery::quoted(party.text),
                 "a party of the kind person, such as person:ales-bialiatski");
}

Checked check_payload(const PrisonerReported& data) {
  if (!is_person(data.person)) return refused_person("data.person", data.person);
  return {};
}

std::string shown(const Count& count) {
  if (count.single) return fmt::format("{}", count.low);
  return fmt::format("[{}, {}]", count.low, count.high ? fmt::format("{}", *count.high) : "null");
}

/// How many people a detention or a release is about, and the parts of them that it tells.
template <class Data>
Checked check_people(const Data& data) {
  const std::uint64_t named = data.persons.size();
  if (!data.count && named == 0)
    return refused("data.count", "neither a count nor persons", "a count, persons, or both");
  for (std::size_t i = 0; i < named; ++i) {
    if (!is_person(data.persons[i])) return refused_person(fmt::format("data.persons[{}]", i), data.persons[i]);
  }
  if (data.count && data.count->low < named) {
    return refused("data.count", fmt::format("{}, with {} persons named", shown(*data.count), named),
                   fmt::format("a low of at least {}", named));
  }
  const std::optional<std::uint64_t> most = data.count ? data.count->high : named;
  if (!most) return {};
  const auto allowed = [&] {
    return fmt::format("a low of at most {}, {}", *most, data.count ? "count's high" : "the number of persons");
  };
  if (data.foreign && data.foreign->low > *most) return refused("data.foreign", shown(*data.foreign), allowed());
  std::uint64_t sum = 0;
  for (const auto& [country, count] : data.nationalities) sum += count.low;
  if (sum > *most) return refused("data.nationalities", fmt::format("lows that add up to {}", sum), allowed());
  return {};
}

Checked check_payload(const PrisonersDetained& data) { return check_people(data); }
Checked check_payload(const PrisonersReleased& data) { return check_people(data); }
template <class Data>
Checked check_payload(const Data&) {
  return {};
}

/// The rules for a payload as a whole and for each of its fields by type. The deadline goes into `moments`.
template <class Data>
Checked check_data(const Data& data, std::string_view zone, Moments& moments) {
  Checked good;
  for_each_field<Data>([&](const auto& field) {
    if (!good) return;
    const auto& member = data.*field.member;
    using Member = std::decay_t<decltype(member)>;
    if constexpr (std::same_as<Member, std::vector<Party>> || std::same_as<Member, std::vector<PartyOrText>>) {
      if (member.size() > 1) good = check_no_party_twice(in_data(field.name), member);
    } else if constexpr (std::same_as<Member, std::optional<Date>>) {
      if (!member) return;
      if (auto deadline = resolve_deadline(in_data(field.name), member->text, zone)) {
        moments.deadline = *deadline;
      } else {
        good = Failure(deadline.error());
      }
    }
  });
  return good ? check_payload(data) : good;
}

std::uint32_t local_month(Instant instant, std::string_view zone) {
  const auto found = Zone::find(zone);
  const auto local = instant + (found ? found->offset(instant) : std::chrono::seconds{0});
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(local)};
  return static_cast<std::uint32_t>(static_cast<int>(date.year()) * 12) + static_cast<unsigned>(date.month()) - 1;
}

// --- default streams

std::string stream_of(const Event& event, const LetterSent&) { return event.id.text; }
std::string stream_of(const Event&, const ActionObserved&) { return "actions"; }
template <class Data>
std::string stream_of(const Event& event, const Data& data) {
  if constexpr (requires { data.measure; }) {
    return data.measure.text;
  } else if constexpr (requires { data.holder; }) {
    return data.holder.text;
  } else if constexpr (requires { data.sender, data.host, data.city; }) {
    return fmt::format("{}@{}/{}", data.sender.text, data.host.text, data.city.text);
  } else if constexpr (requires { data.commitment; }) {
    return data.commitment.text;
  } else if constexpr (requires { data.list; }) {
    return data.list.text;
  } else if constexpr (requires { data.letter; }) {
    return data.letter.text;
  } else {
    return event.about_record() ? "" : "actions";
  }
}

}  // namespace

Result<Moments> validate(const Event& event) {
  if (auto good = event.about_record() ? check_about_record(event) : check_action(event); !good)
    return Failure(good.error());
  if (auto good = check_envelope(event); !good) return Failure(good.error());
  Moments moments;
  if (!event.about_record()) {
    const auto occurred = resolve_occurred("occurred", event.occurred, event.zone_name());
    if (!occurred) return Failure(occurred.error());
    moments.earliest = occurred->earliest;
    moments.latest = occurred->latest;
    moments.local_month = local_month(occurred->earliest, event.zone_name());
  }
  const auto check = [&](const auto& data) { return check_data(data, event.zone_name(), moments); };
  if (auto good = std::visit(check, event.payload); !good) return Failure(good.error());
  return moments;
}

std::string default_stream(const Event& event) {
  return std::visit([&](const auto& data) { return stream_of(event, data); }, event.payload);
}

}  // namespace chancery
