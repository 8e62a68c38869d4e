#include "tools/server/wanted.hpp"

#include <fmt/format.h>

#include "storage/condition.hpp"
#include "tools/chancery/batches.hpp"
#include "tools/chancery/selection.hpp"

namespace chancery::server {

bool wants_all(const Query& query) {
  return query.types.empty() && query.streams.empty() && query.parties.empty() && query.tags.empty() && query.measures.empty();
}

bool matches_query(const Query& query, const Chunk::Item& item) { return matches(query, item.event, item.event.stream); }

void for_each_wanted(const Chunk& chunk, Position after, const Query* query, const std::function<void(std::string_view, std::size_t)>& take) {
  std::size_t begin = 0, end = 0, count = 0;
  const auto flush = [&] {
    if (count > 0) take(std::string_view(chunk.bytes).substr(begin, end - begin), count);
    count = 0;
  };
  for (const Chunk::Item& item : chunk.items) {
    if (item.position <= after) continue;
    if (query && !matches_query(*query, item)) {
      flush();
      continue;
    }
    if (count == 0) begin = item.begin;
    end = item.end;
    ++count;
  }
  flush();
}

Result<Query> query_of(const Request& request) {
  cli::Selection selection;
  for (const auto& [name, value] : request.target.query) {
    if (name == "type") selection.types.push_back(value);
    if (name == "stream") selection.streams.push_back(value);
    if (name == "party") selection.parties.push_back(value);
    if (name == "tag") selection.tags.push_back(value);
    if (name == "measure") selection.measures.push_back(value);
  }
  return cli::query_of(selection);
}

std::string changes_as_events(Services& services, FollowView& follow, Visibility level, std::size_t events_max, Position& last) {
  const cli::Reading reading{services.ledger, {services.ledger->last(), level}, "UTC", [&services] { return !services.over; }};
  last = reading.sight.upto;
  const cli::Batch changes = value_or_throw(cli::changes_after(reading, follow.view, follow.after, events_max));
  std::string out;
  std::size_t number = 0;
  for (std::size_t i = 0; i < changes.lines.size(); ++i) {
    const Position commit = changes.commits[i];
    number = i > 0 && changes.commits[i - 1] == commit ? number + 1 : 1;
    if (commit == follow.commit && number <= follow.seen) continue;
    fmt::format_to(std::back_inserter(out), "id: {}/{}\ndata: {}\n\n", commit, number, changes.lines[i]);
  }
  follow.after = changes.end;
  return out;
}

}  // namespace chancery::server
