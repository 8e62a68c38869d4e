#include "core/record/record.hpp"

#include <zlib.h>

#include <array>

#include "core/record/archive.hpp"
#include "core/record/types.hpp"

// What is not said here is said in core/record/archive.hpp.
//
// record   := version:varint head body checksum
// head     := type:varint levels:varint revision:varint recorded_at:svarint earliest:svarint latest:varint
//             commit_first:varint commit_last:varint chain:varint
// type     := the code of the payload's type (core/action/registry.hpp)
// levels   := visibility + 16 * stream_level; visibility: 0 none was given, else 1 + the level given
// earliest := microseconds after recorded_at         latest := microseconds after earliest
// commit_first, chain := how far before the record's position         commit_last := how far after it
// body     := recorded_by:optional deadline:optional local_month:varint event:struct payload:struct
// event    := the event as a struct, without type, data and visibility
// checksum := CRC-32 of all before it, begun with the position, lowest byte first; the same in every version, so that
//             a sound record of a later version can be told from a damaged one
//
// The head comes first, so that following the log need not read the rest. Instants take 8 bytes as they are and 5 or 6
// so, positions one. All differences are modulo 2^64: any Recorded comes back.
namespace chancery {
namespace {

/// What this program writes. It reads 1 to this; tests/golden holds a file of each.
constexpr std::uint32_t record_version = 1;
constexpr std::size_t checksum_size = 4;

/// Finds any change within 32 neighbouring bits, and a record that stands at the position of another (any two below
/// 2^32 differ). RocksDB checks its blocks; this checks what happens to the bytes before and after it has them.
/// Cost: 0.7 ns a byte.
std::uint32_t checksum_of(Position position, std::string_view bytes) {
  const auto seed = static_cast<std::uint32_t>(position ^ position >> 32);
  return static_cast<std::uint32_t>(crc32_z(seed, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint64_t micros(Instant instant) { return static_cast<std::uint64_t>(instant.time_since_epoch().count()); }
Instant instant_of(std::uint64_t micros) { return Instant(Instant::duration(static_cast<std::int64_t>(micros))); }

template <class Level>
unsigned number_of(Level level) {
  return static_cast<unsigned>(level);
}

/// The types of payload by their code.
struct TypeOfCode {
  void (*load)(RecordReader& archive, Payload& payload) = nullptr;
  bool about_record = false;
};
constexpr std::size_t type_codes = 128;
constexpr auto types_by_code = [] {
  std::array<TypeOfCode, type_codes> types{};
  for_each_type([&]<class T>() {
    static_assert(T::code < type_codes);
    if (types[T::code].load) throw "two types of payload have one code";  // ends the compilation
    types[T::code].load = [](RecordReader& archive, Payload& payload) { archive(payload.emplace<T>()); };
    types[T::code].about_record = std::is_same_v<T, RecordRetracted> || std::is_same_v<T, RecordSourced>;
  });
  return types;
}();

/// The head as it stands in the record.
struct Head {
  RecordHead known;
  std::optional<Visibility> visibility;
  Visibility stream_level = Visibility::public_;
  std::uint64_t revision = 0;
};

void write_head(RecordWriter& archive, const Recorded& recorded) {
  const auto& visibility = recorded.event.visibility;
  archive.varint(
      std::visit([](const auto& data) { return std::decay_t<decltype(data)>::code; }, recorded.event.payload));
  archive.varint((visibility ? 1 + number_of(*visibility) : 0) | number_of(recorded.stream_level) << 4);
  archive.varint(recorded.revision);
  archive.svarint(recorded.recorded_at.time_since_epoch().count());
  archive.svarint(static_cast<std::int64_t>(micros(recorded.earliest) - micros(recorded.recorded_at)));
  archive.varint(micros(recorded.latest) - micros(recorded.earliest));
  archive.varint(recorded.position - recorded.commit_first);
  archive.varint(recorded.commit_last - recorded.position);
  archive.varint(recorded.position - recorded.chain);
}

Head read_head(RecordReader& archive, Position position) {
  Head head;
  RecordHead& known = head.known;
  const std::uint64_t code = archive.varint();
  if (code >= type_codes || !types_by_code[code].load) archive.fail_as_newer("an unknown type of event");
  known.type_code = static_cast<std::uint16_t>(code);
  known.about_record = types_by_code[code].about_record;

  const std::uint64_t levels = archive.varint();
  if ((levels & 15) > all_levels.size() || levels >> 4 >= all_levels.size()) {
    archive.fail_as_newer("an unknown visibility");
  }
  if (levels & 15) head.visibility = static_cast<Visibility>((levels & 15) - 1);
  head.stream_level = static_cast<Visibility>(levels >> 4);
  known.level = head.visibility.value_or(Visibility::public_);

  head.revision = archive.varint();
  known.recorded_at = instant_of(static_cast<std::uint64_t>(archive.svarint()));
  known.earliest = instant_of(micros(known.recorded_at) + static_cast<std::uint64_t>(archive.svarint()));
  known.latest = instant_of(micros(known.earliest) + archive.varint());
  known.commit_first = position - archive.varint();
  known.commit_last = position + archive.varint();
  known.chain = position - archive.varint();
  return head;
}

Failure corrupt(Position position, std::string what) {
  return failure(ErrorKind::corrupt, "record " + std::to_string(position), std::move(what),
                 "the bytes that were written; restore the ledger from a copy");
}
Failure newer(Position position, std::string what) {
  return failure(ErrorKind::newer_format, "record " + std::to_string(position), std::move(what),
                 "what this version knows; use the one that wrote the ledger, or a later one");
}

/// Checks `bytes` and calls `read(archive)`, which stands after the version.
template <class T, class Read>
Result<T> read_checked(Position position, std::string_view bytes, const Read& read) {
  if (bytes.size() < checksum_size) return corrupt(position, "only " + std::to_string(bytes.size()) + " bytes");
  const std::string_view content = bytes.substr(0, bytes.size() - checksum_size);
  std::uint32_t checksum = 0;
  for (std::size_t i = 0; i < checksum_size; ++i) {
    checksum |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[content.size() + i])) << (8 * i);
  }
  if (checksum != checksum_of(position, content)) return corrupt(position, "bytes that do not match their checksum");
  try {
    RecordReader archive(content);
    const std::uint64_t version = archive.varint();
    if (version == 0) return corrupt(position, "format version 0");
    if (version > record_version) return newer(position, "format version " + std::to_string(version));
    archive.set_version(static_cast<std::uint32_t>(version));
    return read(archive);
  } catch (const Unreadable& unreadable) {
    if (unreadable.kind == ErrorKind::newer_format) return newer(position, unreadable.what());
    return corrupt(position, unreadable.what());
  }
}

}  // namespace

void encode_record(std::string& out, const Recorded& recorded) {
  const std::size_t begin = out.size();
  RecordWriter archive(out);
  archive.varint(record_version);
  write_head(archive, recorded);
  archive(recorded.recorded_by, recorded.deadline);
  archive.varint(recorded.local_month);
  archive(recorded.event);
  std::visit([&](const auto& data) { archive(data); }, recorded.event.payload);
  const std::uint32_t checksum = checksum_of(recorded.position, std::string_view(out).substr(begin));
  for (std::size_t i = 0; i < checksum_size; ++i) out.push_back(static_cast<char>(checksum >> (8 * i)));
}

Result<Recorded> decode_record(Position position, std::string_view bytes) {
  return read_checked<Recorded>(position, bytes, [&](RecordReader& archive) -> Result<Recorded> {
    const Head head = read_head(archive, position);
    Result<Recorded> result;  // filled in place: a Recorded is large to move
    Recorded& recorded = *result;
    recorded.position = position;
    recorded.revision = head.revision;
    recorded.recorded_at = head.known.recorded_at;
    recorded.earliest = head.known.earliest;
    recorded.latest = head.known.latest;
    recorded.commit_first = head.known.commit_first;
    recorded.commit_last = head.known.commit_last;
    recorded.chain = head.known.chain;
    recorded.stream_level = head.stream_level;
    archive(recorded.recorded_by, recorded.deadline);
    recorded.local_month = static_cast<std::uint32_t>(archive.varint());
    archive(recorded.event);
    recorded.event.visibility = head.visibility;
    types_by_code[head.known.type_code].load(archive, recorded.event.payload);
    if (archive.left() != 0) return corrupt(position, "bytes after its end");
    return result;
  });
}

Result<RecordHead> decode_head(Position position, std::string_view bytes) {
  return read_checked<RecordHead>(
      position, bytes, [&](RecordReader& archive) -> Result<RecordHead> { return read_head(archive, position).known; });
}

}  // namespace chancery
