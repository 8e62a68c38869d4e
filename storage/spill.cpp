#include "storage/spill.hpp"

#include <rocksdb/write_batch.h>

#include "storage/keys.hpp"

namespace chancery {
namespace {

constexpr std::size_t batch_bytes_max = 1UL << 20;

rocksdb::WriteOptions unlogged() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

// digest:16 revision:8 chain:8 level:1 stream_level:1 about_record:1 size of id:8 id stream
constexpr std::size_t fixed_bytes = 16 + 8 + 8 + 3 + 8;

}  // namespace

Spill::Spill(const std::filesystem::path& folder) {
  rocksdb::DB* raw = nullptr;
  throw_unless_ok(rocksdb::DB::Open(scratch_options(), folder.string(), &raw));
  db_.reset(raw);
}

void Spill::put(Position position, const Standing& standing, const Digest& digest, const std::vector<LinkTo>& links) {
  std::string value(reinterpret_cast<const char*>(digest.data()), digest.size());
  append_big_endian(value, standing.revision);
  append_big_endian(value, standing.chain);
  value += {static_cast<char>(standing.level), static_cast<char>(standing.stream_level), static_cast<char>(standing.about_record)};
  append_big_endian<std::uint64_t>(value, standing.id.size());
  value += standing.id;
  value += standing.stream;
  const std::string number = keys::number_value(position);
  throw_unless_ok(batch_.Put(keys::log(position), value));
  throw_unless_ok(batch_.Put(keys::id(Id{standing.id}), number));
  throw_unless_ok(batch_.Put(keys::stream_prefix(standing.stream), keys::number_value(standing.revision + 1)));
  const char level = static_cast<char>(standing.level);
  for (const LinkTo& link : links) {
    throw_unless_ok(batch_.Put(keys::link(link.relation, link.target, position), rocksdb::Slice(&level, 1)));
  }
  if (batch_.GetDataSize() >= batch_bytes_max) write();
}

void Spill::write() {
  throw_unless_ok(db_->Write(unlogged(), &batch_));
  batch_.Clear();
}

std::optional<std::string> Spill::get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  throw_unless_ok(status);
  return value;
}

std::optional<Position> Spill::find(const Id& id) const {
  const auto value = get(keys::id(id));
  return value ? std::optional(big_endian_at<Position>(*value)) : std::nullopt;
}

Standing Spill::standing(Position position) const {
  const std::string value = get(keys::log(position)).value_or(std::string(fixed_bytes, '\0'));
  Standing standing;
  standing.revision = big_endian_at<std::uint64_t>(value, 16);
  standing.chain = big_endian_at<Position>(value, 24);
  standing.level = static_cast<Visibility>(value[32]);
  standing.stream_level = static_cast<Visibility>(value[33]);
  standing.about_record = value[34] != 0;
  const auto id_size = static_cast<std::size_t>(big_endian_at<std::uint64_t>(value, 35));
  standing.id = value.substr(fixed_bytes, id_size);
  standing.stream = value.substr(fixed_bytes + id_size);
  return standing;
}

Spill::Digest Spill::digest(Position position) const {
  Digest digest{};
  if (const auto value = get(keys::log(position))) std::copy_n(value->begin(), digest.size(), digest.begin());
  return digest;
}

std::optional<std::uint64_t> Spill::next_revision(std::string_view stream) const {
  const auto value = get(keys::stream_prefix(stream));
  return value ? std::optional(big_endian_at<std::uint64_t>(*value)) : std::nullopt;
}

void Spill::append_links(std::vector<Link>& links, Relation relation, Position target) const {
  const std::string prefix = keys::link_prefix(relation, target);
  const std::unique_ptr<rocksdb::Iterator> cursor(db_->NewIterator(rocksdb::ReadOptions()));
  for (cursor->Seek(slice(prefix)); cursor->Valid() && cursor->key().starts_with(slice(prefix)); cursor->Next()) {
    links.push_back({keys::last_number(view(cursor->key())), static_cast<Visibility>(cursor->value()[0])});
  }
  throw_unless_ok(cursor->status());
}

}  // namespace chancery
