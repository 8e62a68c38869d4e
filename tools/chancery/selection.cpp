#include "tools/chancery/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json/raw.hpp"
#include "projections/seen.hpp"
#include "tools/chancery/standing.hpp"

namespace chancery::cli {
namespace {

/// The types of events there are.
std::vector<std::string> all_types() {
  std::vector<std::string> types;
  for_each_type([&]<class T>() { types.emplace_back(T::type); });
  return types;
}

/// A type, or all that begin like `sanction.*`.
Result<std::vector<std::string>> types_of(const std::string& text) {
  std::vector<std::string> types;
  const bool all = text.ends_with(".*");
  for (const std::string& type : all_types()) {
    if (all ? type.starts_with(text.substr(0, text.size() - 1)) : type == text) types.push_back(type);
  }
  if (types.empty()) return refused("--type", quoted(text), fmt::format("{}, or a beginning such as sanction.*", fmt::join(all_types(), ", ")));
  return types;
}

/// All that the event answers, through any number of links: of each chain the event that is live.
std::unordered_set<Position> all_causes(const Reading& reading, Position position) {
  const Standing standing(reading);
  const Position start = standing.chain_of(position);
  std::unordered_set<Position> chains{start}, found;
  std::vector<Position> open{standing.live(position).value_or(position)};
  while (!open.empty() && (!reading.wanted || reading.wanted())) {
    const Recorded event = event_at(reading, open.back());
    open.pop_back();
    for (const Position chain : standing.causes(event)) {
      if (!chains.insert(chain).second) continue;
      open.push_back(standing.teller(chain));
      if (standing.live(open.back())) found.insert(open.back());
    }
  }
  return found;
}

/// Whether a text anywhere in the JSON value, but for the names of fields, contains `part`.
bool some_text_contains(std::string_view json, const AnyCase& part) {
  if (json.front() == '"') return part.in(unescaped(json));
  if (json.front() != '{' && json.front() != '[') return false;
  for (RawItems items(json); items.next();) {
    if (some_text_contains(items.value(), part)) return true;
  }
  return false;
}

}  // namespace

Result<Query> query_of(const Selection& selection) {
  Query query;
  for (const std::string& text : selection.types) {
    const auto types = types_of(text);
    if (!types) return Failure(types.error());
    query.types.insert(query.types.end(), types->begin(), types->end());
  }
  for (const std::string& text : selection.streams) {
    const auto stream = parse_stream("--stream", text);
    if (!stream) return Failure(stream.error());
    query.streams.push_back(*stream);
  }
  for (const std::string& text : selection.parties) {
    const auto party = parse_party("--party", text);
    if (!party) return Failure(party.error());
    query.parties.push_back(party->text);
  }
  for (const std::string& text : selection.measures) {
    const auto measure = parse_long_slug("--measure", text);
    if (!measure) return Failure(measure.error());
    query.measures.push_back(measure->text);
  }
  for (const std::string& tag : selection.tags) {
    if (tag.empty()) return refused("--tag", "nothing", "a tag");
    query.tags.push_back(tag);
  }
  return query;
}

namespace {

/// Where an event stands in world time; that of one that the reader does not see is not told.
Result<std::pair<Instant, Position>> moment_of(const Reading& reading, const std::string& text) {
  const auto position = position_in(text.starts_with("pos:") ? text : "pos:" + text);
  const auto none = [&] { return refused("--beyond", quoted(text), "the position of an event that is in a list by occurred"); };
  if (!position || *position == 0 || *position > reading.sight.upto) return none();
  const RecordHead head = value_or_throw(reading.ledger->head_at(*position));
  if (head.about_record || head.level > reading.sight.level) return none();
  return std::pair(head.earliest, *position);
}

}  // namespace

Result<void> check_order(const Selection& selection, std::string_view zone) {
  const auto since = since_instant("--since", selection.since, zone), until = until_instant("--until", selection.until, zone);
  // What is no date is refused where it is read.
  if (!since || !until || !*since || !*until || **since <= **until) return {};
  return refused("--since", fmt::format("{} after until {}", quoted(selection.since), quoted(selection.until)), "a time up to that of until");
}

Result<Wanted> wanted_of(const Selection& selection, const Reading& reading, bool chronology) {
  Wanted wanted;
  wanted.by_occurred = selection.by == "occurred" || (selection.by.empty() && chronology);
  if (!selection.grep.empty()) wanted.grep.emplace(selection.grep);
  wanted.limit = selection.limit;
  wanted.oldest_first = selection.oldest_first;
  for (const auto& [name, text] : {std::pair("--after", &selection.after), std::pair("--before", &selection.before)}) {
    if (text->empty()) continue;
    const auto position = position_in(text->starts_with("pos:") ? *text : "pos:" + *text);
    if (!position) return refused(name, quoted(*text), "a position");
    if (text == &selection.before) {
      wanted.before = *position;
      continue;
    }
    // It is that of another ledger, or this one was put back: what it stands for will be something else.
    if (const Position last = reading.ledger->last(); *position > last) return refused(name, quoted(*text), fmt::format("0 to {}", last));
    wanted.after = *position;
  }
  const Result<Query> query = query_of(selection);
  if (!query) return Failure(query.error());
  const auto since = since_instant("--since", selection.since, reading.zone);
  if (!since) return Failure(since.error());
  const auto until = until_instant("--until", selection.until, reading.zone);
  if (!until) return Failure(until.error());
  wanted.filter = {*query, *since, *until, reading.sight.level};
  if (!selection.beyond.empty()) {
    if (!wanted.by_occurred) return refused("--beyond", quoted(selection.beyond) + " in an order that is not by occurred", "--after or --before");
    const auto moment = moment_of(reading, selection.beyond);
    if (!moment) return Failure(moment.error());
    wanted.beyond = *moment;
    wanted.filter.since = std::max(wanted.filter.since.value_or(moment->first), moment->first);
  }
  if (!selection.causes.empty()) {
    const Result<Position> position = find_event(reading, selection.causes);
    if (!position) {
      Error error = position.error();
      error.field = "--causes";
      return Failure(std::move(error));
    }
    wanted.among = all_causes(reading, *position);
  }
  return wanted;
}

Result<void> select(const Reading& reading, const Wanted& wanted, const std::function<bool(const Recorded&)>& visit) {
  std::uint64_t visited = 0;
  const auto take = [&](Recorded&& recorded) {
    if (reading.wanted && !reading.wanted()) return false;
    if (recorded.position > reading.sight.upto || recorded.position <= wanted.after) return true;
    if (wanted.before && recorded.position >= *wanted.before) return true;
    if (wanted.beyond && std::pair(recorded.earliest, recorded.position) <= *wanted.beyond) return true;
    if (wanted.among && !wanted.among->contains(recorded.position)) return true;
    const Recorded seen = as_seen(std::move(recorded), *reading.ledger, reading.sight.level);
    if (wanted.grep && !some_text_contains(event_json(seen), *wanted.grep)) return true;
    if (!visit(seen)) return false;
    return wanted.limit == 0 || ++visited < wanted.limit;
  };
  if (wanted.by_occurred) return reading.ledger->select_by_occurred(wanted.filter, take);
  Position from = wanted.after + 1, to = reading.sight.upto;
  if (wanted.before) to = std::min(to, std::max<Position>(*wanted.before, 1) - 1);
  if (wanted.among) {
    if (wanted.among->empty()) return {};
    const auto [first, last] = std::minmax_element(wanted.among->begin(), wanted.among->end());
    from = std::max(from, *first);
    to = std::min(to, *last);
  }
  return reading.ledger->select(wanted.filter, from, to, !wanted.oldest_first, take);
}

}  // namespace chancery::cli
