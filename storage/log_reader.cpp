#include "storage/log_reader.hpp"

#include <fmt/format.h>

#include "storage/keys.hpp"

namespace chancery {
namespace {

Error missing(Position position) {
  return {ErrorKind::corrupt, "ledger", fmt::format("no event at position {}", position),
          "an event at every position; restore a backup"};
}

/// Walks the log from where `cursor` stands towards `end`, in steps of `step`.
Result<void> walk(rocksdb::Iterator& cursor, Position begin, Position count, int step,
                  const std::function<bool(Recorded&&)>& visit) {
  Position position = begin;
  for (Position i = 0; i < count; ++i, position += static_cast<Position>(step)) {
    throw_unless_ok(cursor.status());
    if (!cursor.Valid() || view(cursor.key()) != keys::log(position)) return Failure(missing(position));
    Result<Recorded> recorded = decode_record(position, view(cursor.value()));
    if (!recorded) return Failure(recorded.error());
    if (!visit(std::move(*recorded))) return {};
    step > 0 ? cursor.Next() : cursor.Prev();
  }
  return {};
}

}  // namespace

template <class Decode>
auto LogReader::get(Position position, Decode decode) const -> decltype(decode(position, std::string_view())) {
  const Position end = last();
  if (position == 0 || position > end) {
    return failure(ErrorKind::not_found, "position", fmt::format("{}", position),
                   end == 0 ? "none: the ledger is empty" : fmt::format("1 to {}", end));
  }
  rocksdb::PinnableSlice bytes;
  const rocksdb::Status status =
      database_.db().Get(rocksdb::ReadOptions(), database_.log(), slice(keys::log(position)), &bytes);
  if (status.IsNotFound()) return Failure(missing(position));
  if (!status.ok()) return Failure(error_of(status));
  return decode(position, view(bytes));
}

Result<Recorded> LogReader::at(Position position) const { return get(position, decode_record); }
Result<RecordHead> LogReader::head_at(Position position) const { return get(position, decode_head); }

Result<std::optional<Position>> LogReader::find(const Id& id) const {
  const Position end = last();
  const auto value = database_.get(database_.log(), keys::id(id));
  if (!value) return Failure(value.error());
  if (!*value) return std::nullopt;
  const Position position = big_endian_at<Position>(**value);
  return position <= end ? std::optional(position) : std::nullopt;
}

Result<void> LogReader::read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const {
  from = std::max<Position>(from, 1);
  to = std::min(to, last());
  if (from > to) return {};
  // An iterator costs as much as several look-ups.
  constexpr Position few = 4;
  return guarded([&] {
    if (to - from < few) return read_each(from, to, visit);
    const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), database_.log()));
    cursor->Seek(slice(keys::log(from)));
    return walk(*cursor, from, to - from + 1, 1, visit);
  });
}

Result<void> LogReader::read_each(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const {
  for (Position position = from; position <= to; ++position) {
    Result<Recorded> recorded = at(position);
    if (!recorded) return Failure(recorded.error());
    if (!visit(std::move(*recorded))) return {};
  }
  return {};
}

Result<void> LogReader::read_backward(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const {
  from = std::max<Position>(from, 1);
  to = std::min(to, last());
  if (from > to) return {};
  return guarded([&] {
    const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), database_.log()));
    cursor->Seek(slice(keys::log(to)));
    return walk(*cursor, to, to - from + 1, -1, visit);
  });
}

std::vector<Link> LogReader::links_to(Relation relation, Position target) const {
  const Position end = last();
  const std::string prefix = keys::link_prefix(relation, target);
  std::vector<Link> links;
  const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(within_prefix(), database_.log()));
  for (cursor->Seek(slice(prefix)); cursor->Valid() && cursor->key().starts_with(slice(prefix)); cursor->Next()) {
    const Position source = keys::last_number(view(cursor->key()));
    if (source > end) break;
    links.push_back({source, static_cast<Visibility>(cursor->value()[0])});
  }
  throw_unless_ok(cursor->status());
  return links;
}

Visibility LogReader::level_of(Position position) const { return value_or_throw(head_at(position)).level; }

std::uint64_t LogReader::next_revision(std::string_view stream) const {
  if (!value_or_throw(database_.get(database_.log(), keys::stream(stream, 0)))) return 0;
  const std::string prefix = keys::stream_prefix(stream);
  const std::unique_ptr<rocksdb::Iterator> cursor(database_.db().NewIterator(ordered(), database_.log()));
  cursor->SeekForPrev(slice(keys::stream(stream, ~std::uint64_t{0})));
  throw_unless_ok(cursor->status());
  if (!cursor->Valid() || !cursor->key().starts_with(slice(prefix))) throw MachineFailure(missing(0));
  return keys::last_number(view(cursor->key())) + 1;
}

Position LogReader::position_of(std::string_view stream, std::uint64_t revision) const {
  const auto value = value_or_throw(database_.get(database_.log(), keys::stream(stream, revision)));
  if (!value) throw MachineFailure(missing(0));
  return big_endian_at<Position>(*value);
}

Result<Position> last_in(const LogDatabase& database) {
  const std::unique_ptr<rocksdb::Iterator> cursor(database.db().NewIterator(ordered(), database.log()));
  cursor->SeekForPrev(slice(keys::log(~Position{0})));
  if (!cursor->status().ok()) return Failure(error_of(cursor->status()));
  return cursor->Valid() && cursor->key()[0] == keys::log_tag ? keys::log_position(view(cursor->key())) : 0;
}

}  // namespace chancery
