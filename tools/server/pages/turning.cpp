#include "tools/server/pages/turning.hpp"

#include <algorithm>
#include <charconv>
#include <deque>

#include "tools/chancery/selection.hpp"
#include "tools/server/pages/members.hpp"

/// The way back: what comes before a page is read backward from where it begins, so that the page before shows just that.
namespace chancery::server {
namespace {

/// The pages before, told by the cursors of what comes before this page, the nearest first, of which one more than fit on a page were looked
/// for. The page before begins after the last of them, or is the first.
Earlier told_by(const std::vector<std::string>& cursors, std::uint64_t limit, const PageLinks& links) {
  Earlier earlier;
  if (cursors.empty()) return earlier;
  earlier.first = links.turned(std::nullopt);
  if (cursors.size() > limit) earlier.previous = links.turned(cursors[limit]);
  else if (cursors.size() == limit) earlier.previous = earlier.first;
  return earlier;
}

std::vector<std::string> values_of(const Exchange& exchange, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [given, value] : exchange.request.target.query) {
    if (given == name) values.push_back(value);
  }
  return values;
}

RowFilter filter_of(const PageReader& reader, const View& view, std::string after) {
  return {reader.exchange().request.parameter("prefix").value_or(""), value_or_throw(parse_where(values_of(reader.exchange(), "where"), view)), std::move(after),
          [&exchange = reader.exchange()] { return !exchange.left; }};
}

Earlier before_rows(const PageReader& reader, const std::string& cursor, const PageLinks& links) {
  const Sight& sight = reader.reading().sight;
  const ViewReader view = value_or_throw(ViewReader::open(*reader.reading().ledger, reader.exchange().at("view"), sight.upto));
  std::vector<std::string> keys;
  value_or_throw(view.at_back(*reader.question().at, {sight.upto, sight.level}, filter_of(reader, view.view(), cursor), [&](AnswerRow&& row) {
    keys.push_back(std::move(row.key));
    return keys.size() <= reader.question().limit;
  }));
  return told_by(keys, reader.question().limit, links);
}

/// Rows of a key are counted from the first.
Earlier before_rows_of_key(const PageReader& reader, const std::string& cursor, const PageLinks& links) {
  Earlier earlier;
  std::uint64_t after = 0;
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), after);
  if (after == 0) return earlier;
  earlier.first = links.turned(std::nullopt);
  const std::uint64_t limit = reader.question().limit;
  earlier.previous = after > limit ? links.turned(std::to_string(after - limit)) : earlier.first;
  return earlier;
}

Earlier before_differences(const PageReader& reader, const std::string& cursor, const PageLinks& links, std::string_view json) {
  const auto side = [&](std::string_view name) {
    const std::string_view point = member(json, name);
    return std::pair(value_or_throw(parse_instant({}, plain_text(member(point, "at")))), Position(std::stoull(plain_text(member(point, "position")))));
  };
  const auto [a, known_a] = side("from");
  const auto [b, known_b] = side("to");
  const ViewReader view = value_or_throw(ViewReader::open(*reader.reading().ledger, reader.exchange().at("view"), std::max(known_a, known_b)));
  std::vector<std::string> keys;
  value_or_throw(view.differing_back({a, b, known_a, known_b}, reader.reading().sight.level, filter_of(reader, view.view(), cursor), [&](std::string_view key) {
    keys.emplace_back(key);
    return keys.size() <= reader.question().limit;
  }));
  return told_by(keys, reader.question().limit, links);
}

/// What the request selects, without what turns pages.
cli::Selection selection_of(const PageReader& reader) {
  const Exchange& exchange = reader.exchange();
  cli::Selection selection;
  for (const auto& [name, list] : {std::pair("type", &selection.types), std::pair("stream", &selection.streams), std::pair("party", &selection.parties),
                                   std::pair("tag", &selection.tags), std::pair("measure", &selection.measures)}) {
    *list = values_of(exchange, name);
  }
  if (const auto stream = exchange.path.find("stream"); stream != exchange.path.end()) selection.streams.push_back(stream->second);
  for (const auto& [name, text] : {std::pair("grep", &selection.grep), std::pair("since", &selection.since), std::pair("until", &selection.until), std::pair("causes", &selection.causes),
                                   std::pair("after", &selection.after), std::pair("before", &selection.before), std::pair("beyond", &selection.beyond)}) {
    if (name != reader.question().cursor) *text = exchange.request.parameter(name).value_or("");
  }
  if (reader.question().cursor == "beyond") selection.by = "occurred";
  return selection;
}

using Moment = std::pair<Instant, Position>;

/// The last `count` events up to `mark` in world time, the nearest first; nothing where too many would have to be looked at. World time is
/// walked only forward: a span that ends at the mark, longer each time, until it holds enough.
std::optional<std::vector<Position>> back_in_world_time(const cli::Reading& reading, const cli::Wanted& wanted, Moment mark, std::size_t count) {
  constexpr std::size_t looked_at_max = 20'000;
  constexpr std::chrono::days all{366 * 20'000};
  std::deque<Position> last;
  std::size_t looked_at = 0;
  for (std::chrono::days span{1};; span *= 8) {
    cli::Wanted within = wanted;
    if (span < all) within.filter.since = std::max(wanted.filter.since.value_or(Instant::min()), mark.first - span);
    last.clear();
    value_or_throw(cli::select(reading, within, [&](const Recorded& seen) {
      if (Moment(seen.earliest, seen.position) > mark) return false;
      last.push_front(seen.position);
      if (last.size() > count) last.pop_back();
      return ++looked_at < looked_at_max;
    }));
    if (looked_at >= looked_at_max) return std::nullopt;
    if (last.size() == count || span >= all) return std::vector<Position>(last.begin(), last.end());
  }
}

std::vector<std::string> as_cursors(const std::vector<Position>& positions) {
  std::vector<std::string> cursors;
  for (const Position position : positions) cursors.push_back(std::to_string(position));
  return cursors;
}

Earlier before_in_world_time(const PageReader& reader, const cli::Wanted& wanted, Position cursor, const PageLinks& links) {
  const Instant earliest = value_or_throw(reader.reading().ledger->head_at(cursor)).earliest;
  const auto positions = back_in_world_time(reader.reading(), wanted, {earliest, cursor}, reader.question().limit + 1);
  if (!positions) return {links.turned(std::nullopt), std::nullopt};
  return told_by(as_cursors(*positions), reader.question().limit, links);
}

Earlier before_by_position(const PageReader& reader, cli::Wanted wanted, Position cursor, const PageLinks& links) {
  const std::uint64_t limit = reader.question().limit;
  const bool newest_first = reader.question().cursor == "before";
  wanted.oldest_first = newest_first;
  if (newest_first) wanted.after = std::max(wanted.after, std::max<Position>(cursor, 1) - 1);
  else wanted.before = std::min(wanted.before.value_or(cursor + 1), cursor + 1);
  wanted.limit = limit + 1;
  std::vector<Position> positions;
  value_or_throw(cli::select(reader.reading(), wanted, [&](const Recorded& seen) {
    positions.push_back(seen.position);
    return true;
  }));
  Earlier earlier = told_by(as_cursors(positions), limit, links);
  // The first page of the newest moves on as the ledger grows: the one before this is told by its own beginning.
  if (newest_first && positions.size() >= limit) earlier.previous = links.turned(std::to_string(positions[limit - 1] + 1));
  return earlier;
}

}  // namespace

Earlier earlier_pages(const PageReader& reader, const PageLinks& links, std::string_view json) {
  const PageQuestion& question = reader.question();
  const auto cursor = question.cursor.empty() ? std::nullopt : reader.exchange().request.parameter(question.cursor);
  if (!cursor || cursor->empty()) return {};
  if (question.kind == PageKind::rows) return before_rows(reader, *cursor, links);
  if (question.kind == PageKind::rows_of_key) return before_rows_of_key(reader, *cursor, links);
  if (question.kind == PageKind::diff) return before_differences(reader, *cursor, links, json);
  const cli::Wanted wanted = value_or_throw(cli::wanted_of(selection_of(reader), reader.reading(), false));
  const Position position = cli::position_in(cursor->starts_with("pos:") ? *cursor : "pos:" + *cursor).value_or(0);
  return question.cursor == "beyond" ? before_in_world_time(reader, wanted, position, links) : before_by_position(reader, wanted, position, links);
}

}  // namespace chancery::server
