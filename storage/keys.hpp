#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/big_endian.hpp"
#include "core/liveness.hpp"
#include "core/names.hpp"
#include "core/record/uuid_bytes.hpp"

// Every key in the ledger's databases. Numbers are big-endian, so that bytewise order is their order.
//
// The log's database, written through the synced write-ahead log; the first byte tells the kind:
//   log     'l' position:8                                 -> record (core/record)           the only truth
//   stream  's' stream text, 0x00, revision:8              -> position:8
//   id      'i' 0x00 uuid:16  |  'i' 0x01 label            -> position:8
//   link    'k' relation:1 target:8 source:8               -> level of the source:1
//   meta    'm' name                                       -> text
//   kept    'n' name                                       -> the value of whoever had it kept
// The derived database, in families for the index ("default") and "views", written outside a write-ahead log:
//   entry   slot:4, the follower's own key                 -> the follower's own value
// Slot 0 of "views" tells which slot is whose:
//   owner   0:4 'f' name of a follower                     -> slot:4 version:4 cursor:8
//   refuse  0:4 'g' slot:4                                 -> nothing: belongs to nobody, to be deleted
// A follower named "index" keeps its entries in the index's family, every other in "views". Its own keys (storage/index.hpp):
//   posting kind:1 value, 0x00, position:8                 -> nothing
//   time    't' earliest + 2^63:8 position:8               -> nothing
namespace chancery::keys {

constexpr char log_tag = 'l', stream_tag = 's', id_tag = 'i', link_tag = 'k', meta_tag = 'm', kept_tag = 'n';
constexpr char owner_tag = 'f', refuse_tag = 'g', time_tag = 't';
constexpr char uuid_id_tag = 0, label_id_tag = 1;

constexpr std::size_t number_bytes = 8, slot_bytes = 4;
constexpr std::size_t log_bytes = 1 + number_bytes;
constexpr std::size_t link_prefix_bytes = 1 + 1 + number_bytes;
constexpr std::size_t link_bytes = link_prefix_bytes + number_bytes;
constexpr std::size_t owner_value_bytes = slot_bytes + 4 + number_bytes;
static_assert(log_bytes == 9 && link_prefix_bytes == 10 && link_bytes == 18 && owner_value_bytes == 16);
static_assert(sizeof(Position) == number_bytes && sizeof(Relation) == 1 && sizeof(UuidBytes) == 16 && sizeof(Visibility) == 1);

inline std::string number_value(std::uint64_t number) {
  std::string out;
  append_big_endian(out, number);
  return out;
}

inline std::string log(Position position) {
  std::string key(1, log_tag);
  append_big_endian(key, position);
  return key;
}
inline Position log_position(std::string_view key) { return big_endian_at<Position>(key, 1); }

/// What the keys of all revisions of a stream begin with.
inline std::string stream_prefix(std::string_view stream) {
  std::string key(1, stream_tag);
  key += stream;
  key += '\0';
  return key;
}
inline std::string stream(std::string_view stream, std::uint64_t revision) {
  std::string key = stream_prefix(stream);
  append_big_endian(key, revision);
  return key;
}
/// The revision in a stream's key, or the position in a posting's or a time's.
inline std::uint64_t last_number(std::string_view key) { return big_endian_at<std::uint64_t>(key, key.size() - number_bytes); }

inline std::string id(const Id& id) {
  std::string key(1, id_tag);
  if (const std::optional<UuidBytes> uuid = uuid_bytes(id.text)) {
    key += uuid_id_tag;
    key.append(uuid->data(), uuid->size());
  } else {
    key += label_id_tag;
    key += id.text;
  }
  return key;
}

inline std::string link_prefix(Relation relation, Position target) {
  std::string key(1, link_tag);
  key += static_cast<char>(relation);
  append_big_endian(key, target);
  return key;
}
inline std::string link(Relation relation, Position target, Position source) {
  std::string key = link_prefix(relation, target);
  append_big_endian(key, source);
  return key;
}

inline std::string meta(std::string_view name) { return std::string(1, meta_tag) += name; }
inline std::string kept(std::string_view name) { return std::string(1, kept_tag) += name; }

inline std::string slot_prefix(std::uint32_t slot) {
  std::string key;
  append_big_endian(key, slot);
  return key;
}
inline std::string owner(std::string_view follower) { return (slot_prefix(0) += owner_tag) += follower; }
inline std::string refuse(std::uint32_t slot) {
  std::string key = slot_prefix(0) += refuse_tag;
  append_big_endian(key, slot);
  return key;
}

/// The first key after all that begin with `prefix`; empty if there is none.
inline std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<std::uint8_t>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<std::uint8_t>(prefix.back()) + 1);
  return prefix;
}

}  // namespace chancery::keys
