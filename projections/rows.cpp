#include "projections/rows.hpp"

#include <algorithm>

#include "core/big_endian.hpp"
#include "core/record/value.hpp"

namespace chancery {
namespace {

constexpr char open_kind = 'O', closed_kind = 'H', live_kind = 'F', past_kind = 'G', fork_kind = 'M',
               overdraft_kind = 'C', folding_kind = 'A';
constexpr std::size_t head_bytes = 2;

constexpr std::uint64_t sign_bit = 1ULL << 63U;

void add_instant(std::string& out, Instant instant) {
  append_big_endian(out, static_cast<std::uint64_t>(instant.time_since_epoch().count()) ^ sign_bit);
}

Instant instant_at(std::string_view bytes, std::size_t at) {
  return Instant(Instant::duration(static_cast<std::int64_t>(big_endian_at<std::uint64_t>(bytes, at) ^ sign_bit)));
}

std::string level_prefix(char kind, Visibility level) { return {kind, static_cast<char>(level)}; }

std::string key_prefix(char kind, Visibility level, std::string_view key) {
  std::string prefix = level_prefix(kind, level);
  prefix += key;
  prefix += '\0';
  return prefix;
}

std::string row_key(char kind, Visibility level, std::string_view key, const Row& row) {
  std::string bytes = key_prefix(kind, level, key);
  add_instant(bytes, row.valid_from);
  if (kind == closed_kind) append_big_endian(bytes, row.known_from);
  return bytes;
}

std::string fact_key(Visibility level, std::string_view key, Instant earliest, Position place) {
  std::string bytes = key_prefix(live_kind, level, key);
  add_instant(bytes, earliest);
  append_big_endian(bytes, place);
  return bytes;
}

template <class T>
T decoded(std::string_view bytes) {
  return value_or_throw(decode_value<T>(bytes));
}

template <class T>
std::string encoded(const T& value) {
  std::string bytes;
  encode_value(bytes, value);
  return bytes;
}

/// The row at a cursor that stands in a key's rows.
Row row_here(const Cursor& cursor, std::size_t prefix_bytes) {
  Row row = decoded<Row>(cursor.value());
  row.valid_from = instant_at(cursor.key(), prefix_bytes);
  return row;
}

bool of_facts(std::string_view prefix) { return prefix.front() == live_kind || prefix.front() == past_kind; }

enum class Way : std::uint8_t { forward, backward };

/// Steps through the distinct keys of one kind and level that begin with `prefix`, bytewise: forward those after `mark`, backward those up
/// to it.
class KeyWalk {
 public:
  KeyWalk(const Store& store, char kind, Visibility level, std::string_view prefix, std::string_view mark, Way way)
      : cursor_(store.cursor()), bound_(level_prefix(kind, level) + std::string(prefix)), way_(way) {
    if (way == Way::backward) {
      // No key has a byte 0xff: it is UTF-8.
      cursor_->seek_before(std::min(behind(mark), bound_ + '\xff'));
    } else {
      cursor_->seek(mark.empty() || mark < prefix ? bound_ : behind(mark));
    }
    load();
  }
  const std::optional<std::string>& key() const { return key_; }
  void next() {
    if (way_ == Way::backward) cursor_->seek_before(bound_.substr(0, head_bytes) + *key_);
    else cursor_->seek(behind(*key_));
    load();
  }

 private:
  /// What lies behind all entries of a key, and before those of the next.
  std::string behind(std::string_view key) const { return bound_.substr(0, head_bytes).append(key) + '\x01'; }
  void load() {
    key_.reset();
    if (!cursor_->valid() || !cursor_->key().starts_with(bound_)) return;
    const std::string_view rest = cursor_->key().substr(head_bytes);
    key_ = std::string(rest.substr(0, rest.find('\0')));
  }
  std::unique_ptr<Cursor> cursor_;
  std::string bound_;
  Way way_;
  std::optional<std::string> key_;
};

/// What RowReader::keys and keys_back promise.
void walk_keys(const Store& store, Visibility level, std::string_view prefix, std::string_view mark, Way way,
               const std::function<bool(std::string_view, Visibility)>& visit) {
  std::vector<KeyWalk> walks;
  for (const char kind : {open_kind, closed_kind}) walks.emplace_back(store, kind, Visibility::restricted, prefix, mark, way);
  const bool forked = level != Visibility::restricted;
  if (forked) walks.emplace_back(store, fork_kind, level, prefix, mark, way);
  for (;;) {
    std::optional<std::string> key;
    for (const KeyWalk& walk : walks) {
      if (walk.key() && (!key || (way == Way::forward ? *walk.key() < *key : *walk.key() > *key))) key = walk.key();
    }
    if (!key) return;
    const bool own = forked && walks.back().key() == key;
    if (!visit(*key, own ? level : Visibility::restricted)) return;
    for (KeyWalk& walk : walks) {
      if (walk.key() == key) walk.next();
    }
  }
}

}  // namespace

Cursor& RowReader::cursor() const {
  if (!cursor_) cursor_ = store_.cursor();
  return *cursor_;
}

template <class Visit>
void RowReader::each_entry(std::string_view prefix, std::string_view from, Visit&& visit) const {
  std::unique_ptr<Cursor>& shared = of_facts(prefix) ? fact_cursor_ : cursor_;
  if (!shared) shared = store_.cursor();
  Cursor& here = *shared;
  for (here.seek(from); here.valid() && here.key().starts_with(prefix); here.next()) {
    if (!visit(here)) return;
  }
}

bool RowReader::any(char kind, Visibility level, AtLevels& known) const {
  std::optional<bool>& here = known[static_cast<std::size_t>(level)];
  if (!here) {
    const std::string prefix = level_prefix(kind, level);
    cursor().seek(prefix);
    here = cursor().valid() && cursor().key().starts_with(prefix);
  }
  return *here;
}

bool RowReader::any_fork(Visibility level) const { return any(fork_kind, level, any_fork_); }

std::optional<Position> RowReader::folded_from(Visibility level, std::string_view key) const {
  if (!any(folding_kind, level, any_folded_)) return std::nullopt;
  const std::optional<std::string> mark = store_.get(key_prefix(folding_kind, level, key));
  return mark ? std::optional(decoded<Position>(*mark)) : std::nullopt;
}

std::optional<Overdraft> RowReader::overdraft(Visibility level, std::string_view key) const {
  const std::optional<std::string> bytes = store_.get(key_prefix(overdraft_kind, level, key));
  return bytes ? std::optional(decoded<Overdraft>(*bytes)) : std::nullopt;
}

bool RowReader::forked(Visibility level, std::string_view key) const {
  if (level == Visibility::restricted) return true;
  return any_fork(level) && store_.get(key_prefix(fork_kind, level, key)).has_value();
}

Visibility RowReader::told_at(Visibility level, std::string_view key) const {
  return forked(level, key) ? level : Visibility::restricted;
}

std::vector<Row> RowReader::open_rows(Visibility level, std::string_view key, Instant from, std::size_t limit) const {
  std::vector<Row> rows;
  const std::string prefix = key_prefix(open_kind, level, key);
  std::string start = prefix;
  add_instant(start, from);
  each_entry(prefix, start, [&](const Cursor& cursor) {
    rows.push_back(row_here(cursor, prefix.size()));
    return rows.size() < limit;
  });
  return rows;
}

std::optional<Row> RowReader::open_row_before(Visibility level, std::string_view key, Instant instant) const {
  const std::string prefix = key_prefix(open_kind, level, key);
  std::string end = prefix;
  add_instant(end, instant);
  Cursor& here = cursor();
  here.seek_before(end);
  if (!here.valid() || !here.key().starts_with(prefix)) return std::nullopt;
  return row_here(here, prefix.size());
}

void RowReader::live_facts(Visibility level, std::string_view key, Instant from,
                           const std::function<bool(const Fact&)>& visit) const {
  const std::string prefix = key_prefix(live_kind, level, key);
  each_entry(prefix, fact_key(level, key, from, 0),
             [&](const Cursor& cursor) { return visit(decoded<Fact>(cursor.value())); });
}

void RowReader::facts(Visibility level, std::string_view key, const std::function<void(const Fact&)>& visit) const {
  for (const char kind : {live_kind, past_kind}) {
    const std::string prefix = key_prefix(kind, level, key);
    each_entry(prefix, prefix, [&](const Cursor& cursor) {
      visit(decoded<Fact>(cursor.value()));
      return true;
    });
  }
}

std::vector<Position> RowReader::touching(Visibility level, std::string_view key) const {
  std::vector<Position> events;
  facts(level, key, [&](const Fact& fact) { events.push_back(fact.event); });
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return events;
}

std::optional<Row> RowReader::row_among(char kind, Visibility level, std::string_view key, Instant at,
                                        Position known) const {
  const std::string prefix = key_prefix(kind, level, key);
  std::string end = prefix;
  add_instant(end, at + Instant::duration(1));
  Cursor& here = cursor();
  for (here.seek_before(end); here.valid() && here.key().starts_with(prefix); here.previous()) {
    Row row = row_here(here, prefix.size());
    if (row.valid_at(at) && row.known_at(known)) return row;
    // The open rows are one timeline: only the last that has begun can hold.
    if (kind == open_kind) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Row> RowReader::row_at(Visibility level, std::string_view key, Instant at, Position known) const {
  std::optional<Row> row = row_among(open_kind, level, key, at, known);
  return row ? row : row_among(closed_kind, level, key, at, known);
}

std::vector<Row> RowReader::rows_between(Visibility level, std::string_view key, Position known,
                                         std::optional<Instant> after, std::optional<Instant> upto) const {
  std::vector<Row> rows;
  for (const char kind : {open_kind, closed_kind}) {
    const std::string prefix = key_prefix(kind, level, key);
    std::string start = prefix;
    if (after) add_instant(start, *after + Instant::duration(1));
    each_entry(prefix, start, [&](const Cursor& cursor) {
      Row row = row_here(cursor, prefix.size());
      if (upto && row.valid_from > *upto) return false;
      if (row.known_at(known)) rows.push_back(std::move(row));
      return true;
    });
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.valid_from < b.valid_from; });
  return rows;
}

std::vector<Row> RowReader::rectangles(Visibility level, std::string_view key, Position known) const {
  std::vector<Row> rows;
  for (const char kind : {open_kind, closed_kind}) {
    const std::string prefix = key_prefix(kind, level, key);
    each_entry(prefix, prefix, [&](const Cursor& cursor) {
      Row row = row_here(cursor, prefix.size());
      if (row.known_to > known) row.known_to = still;
      if (row.known_from <= known) rows.push_back(std::move(row));
      return true;
    });
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.known_from, a.valid_from) < std::tie(b.known_from, b.valid_from);
  });
  return rows;
}

void RowReader::keys(Visibility level, std::string_view prefix, std::string_view after,
                     const std::function<bool(std::string_view, Visibility)>& visit) const {
  walk_keys(store_, level, prefix, after, Way::forward, visit);
}

void RowReader::keys_back(Visibility level, std::string_view prefix, std::string_view upto,
                          const std::function<bool(std::string_view, Visibility)>& visit) const {
  walk_keys(store_, level, prefix, upto, Way::backward, visit);
}

void RowWriter::open_row(Visibility level, std::string_view key, const Row& row) {
  store_.put(row_key(open_kind, level, key, row), encoded(row));
}

void RowWriter::close_row(Visibility level, std::string_view key, Row row, Position known_to) {
  store_.erase(row_key(open_kind, level, key, row));
  row.known_to = known_to;
  store_.put(row_key(closed_kind, level, key, row), encoded(row));
}

std::vector<Row> RowWriter::take_closed(Visibility level, std::string_view key) {
  const std::string prefix = key_prefix(closed_kind, level, key);
  std::vector<Row> rows;
  reader_.each_entry(prefix, prefix, [&](const Cursor& cursor) {
    rows.push_back(row_here(cursor, prefix.size()));
    return true;
  });
  for (const Row& row : rows) store_.erase(row_key(closed_kind, level, key, row));
  return rows;
}

void RowWriter::add_fact(Visibility level, std::string_view key, const Fact& fact) {
  store_.put(fact_key(level, key, fact.earliest, fact.place), encoded(fact));
}

void RowWriter::end_fact(Visibility level, std::string_view key, Fact fact, Position known_to) {
  store_.erase(fact_key(level, key, fact.earliest, fact.place));
  fact.known_to = known_to;
  note_touch(level, key, fact);
}

Fact RowWriter::fact_at(Visibility level, std::string_view key, Instant earliest, Position place) const {
  const std::optional<std::string> bytes = store_.get(fact_key(level, key, earliest, place));
  if (!bytes) {
    throw MachineFailure(Error{ErrorKind::corrupt, "view", "no fact where one was recorded, for key " + std::string(key),
                               "what the log says; run: chancery rebuild"});
  }
  return decoded<Fact>(*bytes);
}

void RowWriter::note_touch(Visibility level, std::string_view key, const Fact& fact) {
  std::string bytes = key_prefix(past_kind, level, key);
  append_big_endian(bytes, fact.event);
  append_big_endian(bytes, fact.known_from);
  store_.put(bytes, encoded(fact));
}

void RowWriter::set_overdraft(Visibility level, std::string_view key, const Overdraft& overdraft) {
  store_.put(key_prefix(overdraft_kind, level, key), encoded(overdraft));
}

void RowWriter::fold_from(Visibility level, std::string_view key, Position commit_last) {
  store_.put(key_prefix(folding_kind, level, key), encoded(commit_last));
  reader_.any_folded_[static_cast<std::size_t>(level)] = true;
}

void RowWriter::fork(Visibility level, std::string_view key) {
  for (const char kind : {open_kind, closed_kind, live_kind, past_kind, overdraft_kind, folding_kind}) {
    const std::string prefix = key_prefix(kind, Visibility::restricted, key);
    std::vector<std::pair<std::string, std::string>> entries;
    reader_.each_entry(prefix, prefix, [&](const Cursor& cursor) {
      entries.emplace_back(cursor.key(), cursor.value());
      return true;
    });
    for (auto& [bytes, value] : entries) {
      bytes[1] = static_cast<char>(level);
      store_.put(bytes, value);
    }
  }
  store_.put(key_prefix(fork_kind, level, key), "");
  reader_.any_fork_[static_cast<std::size_t>(level)] = true;
  if (reader_.folded_from(Visibility::restricted, key)) reader_.any_folded_[static_cast<std::size_t>(level)] = true;
}

}  // namespace chancery
