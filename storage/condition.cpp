#include "storage/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "storage/parties.hpp"

namespace chancery {
namespace {

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Of each stream, the revisions that events of the append had already.
using OwnRevisions = std::unordered_map<std::string, std::set<std::uint64_t>>;

/// How many events a stream has without those of the append itself at its end.
std::uint64_t revisions_before(const std::string& stream, std::uint64_t next, const OwnRevisions& own) {
  const auto found = own.find(stream);
  if (found == own.end()) return next;
  for (auto last = found->second.rbegin(); last != found->second.rend() && *last + 1 == next; ++last) --next;
  return next;
}

std::string described(std::uint64_t revisions) {
  return revisions == 0 ? std::string("no events") : fmt::format("revision {}", revisions - 1);
}

Result<void> check_stream(const Expected& expected, std::uint64_t next, std::uint64_t next_before) {
  const auto holds = [&](std::uint64_t count) {
    switch (expected.kind) {
      case Expected::Kind::none: return count == 0;
      case Expected::Kind::exactly: return count == expected.revision + 1;
      case Expected::Kind::exists: return count > 0;
    }
    return false;
  };
  if (holds(next) || holds(next_before)) return {};
  const std::string wanted = expected.kind == Expected::Kind::none     ? "no events"
                             : expected.kind == Expected::Kind::exists ? "at least one event"
                                                                       : fmt::format("revision {}", expected.revision);
  return failure(ErrorKind::conflict, "expect " + expected.stream, described(next), wanted + ", as was expected");
}

}  // namespace

bool matches(const Query& query, const Event& event, std::string_view stream) {
  if (!query.types.empty() && !has(query.types, event.type())) return false;
  if (!query.streams.empty() && !has(query.streams, stream)) return false;
  if (!query.measures.empty() && !has(query.measures, measure_of(event.payload))) return false;
  if (!query.tags.empty() &&
      std::none_of(event.tags.begin(), event.tags.end(), [&](const std::string& tag) { return has(query.tags, tag); })) {
    return false;
  }
  if (query.parties.empty()) return true;
  bool found = false;
  for_each_party(event, [&](std::string_view party) { found = found || has(query.parties, party); });
  return found;
}

Result<void> check_condition(const Condition& condition, const std::vector<Given>& events, const Overlay& overlay,
                             const LogReader& log, const FirstMatch& first_match) {
  if (condition.streams.empty() && !condition.none_matches) return {};
  std::size_t known = 0;
  OwnRevisions own;
  for (const Given& given : events) {
    const auto position = known_already(given, overlay);
    if (!position) continue;
    known += 1;
    const Standing standing = overlay.standing(*position);
    own[standing.stream].insert(standing.revision);
  }
  if (!events.empty() && known == events.size()) return {};
  for (const Expected& expected : condition.streams) {
    const std::uint64_t next = overlay.next_revision(expected.stream);
    if (auto holds = check_stream(expected, next, revisions_before(expected.stream, next, own)); !holds) return holds;
  }
  if (!condition.none_matches) return {};
  auto match = first_match(*condition.none_matches, condition.after);
  if (!match) return Failure(match.error());
  for (Position position = std::max(log.last(), condition.after) + 1; !*match && position <= overlay.last(); ++position) {
    const Event* waiting = overlay.waiting(position);
    if (waiting != nullptr && matches(*condition.none_matches, *waiting, waiting->stream)) *match = position;
  }
  if (!*match) return {};
  return failure(ErrorKind::conflict, "condition", fmt::format("an event that matches at position {}", **match),
                 fmt::format("none after position {}", condition.after));
}

}  // namespace chancery
