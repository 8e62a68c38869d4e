#pragma once

#include <cereal/cereal.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// The two cereal archives that all stored bytes go through: portable (no byte order, no type sizes), without streams,
/// and with every length checked against the bytes left. What a value looks like in them:
///
///   varint   := 7 bits a byte, lowest first, the high bit set on all bytes but the last; no byte more than needed
///   svarint  := varint of (value << 1) ^ (value >> 63): small magnitudes are short
///   text     := size:varint bytes
///   unsigned := varint      signed, instant (microseconds since 1970) := svarint      bool := 00 | 01
///   enum     := varint, its place among its Words
///   name, decimal := text   id := 00 bytes[16], a UUID | (size + 1):varint bytes, a label
///   count    := form:varint low:varint, then (high - low):varint if form has bit 1
///               form: bit 0 high is known, bit 1 high is not low, bit 2 it was written as one number
///   range    := as count, without bit 2
///   optional := 00 | 01 value
///   list, set, map := size:varint, then the values (key value); sets and maps in strictly ascending order
///   variant  := index:varint value
///   struct   := present:varint member*
///               bit i of `present` is set if the i-th field is not blank; blank ones are not written
///   member   := value; of an optional, what it holds; of a bool, nothing: its bit is the value
///   blank    := nothing, zero, false, the first word, the empty text or list, the count [0, null],
///               a struct of blanks, a variant's first alternative where that is blank
///
/// Equal values have equal bytes, and bytes that no value has are refused, so that the two can be compared for each
/// other. A blank costs one bit: most fields of most events are blank.
///
/// How it may change. A field is added to its struct's fields(), at any place, with `.first_in(version)`
/// (core/fields.hpp), version being the next one of records (core/record/record.cpp). Older records have no bit for it,
/// and reading one leaves it as the struct begins. So a record needs no tags or names, and fields() can stay in the
/// order of the documents. A new type of payload, or a new last word of an enum, needs no new version: a program that
/// does not know it says so (newer_format). A field or word is never removed or moved, and a field never changes type.
namespace chancery {

/// Bytes that cannot be read as what was asked for. Thrown by RecordReader alone and caught where an archive is used
/// (decode_value, decode_record): no caller of those sees it.
struct Unreadable : cereal::Exception {
  Unreadable(ErrorKind error_kind, const char* what_is_wrong) : Exception(what_is_wrong), kind(error_kind) {}
  ErrorKind kind;  ///< corrupt or newer_format
};

/// Appends to a string. Does nothing else with it, so that it may hold something before.
class RecordWriter : public cereal::OutputArchive<RecordWriter> {
 public:
  explicit RecordWriter(std::string& out) : OutputArchive(this), out_(out) {}

  void varint(std::uint64_t value) {
    if (value < 0x80) return out_.push_back(static_cast<char>(value));
    char bytes[10];
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes, size);
  }
  void svarint(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }
  void bytes(std::string_view value) { out_.append(value); }

 private:
  std::string& out_;
};

/// Reads from bytes that outlive it. Each function throws Unreadable where the bytes end too soon or are not what
/// RecordWriter writes; none reads beyond them, or makes room for more than they can hold.
class RecordReader : public cereal::InputArchive<RecordReader> {
 public:
  static constexpr std::uint32_t newest = std::numeric_limits<std::uint32_t>::max();

  /// `version` is that of the record the bytes are part of: fields that came later are not looked for.
  explicit RecordReader(std::string_view bytes, std::uint32_t version = newest)
      : InputArchive(this), next_(bytes.data()), end_(bytes.data() + bytes.size()), version_(version) {}

  std::uint32_t version() const { return version_; }
  void set_version(std::uint32_t version) { version_ = version; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - next_); }

  std::uint64_t varint() {
    if (next_ != end_ && static_cast<unsigned char>(*next_) < 0x80) return static_cast<unsigned char>(*next_++);
    return long_varint();
  }
  std::int64_t svarint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
  }
  std::string_view text() { return bytes(varint()); }
  std::string_view bytes(std::uint64_t size) {
    if (size > left()) fail("a text or list is longer than the bytes left");
    const char* const begin = next_;
    next_ += size;
    return {begin, static_cast<std::size_t>(size)};
  }
  /// The size of a list, each of whose values takes at least one byte.
  std::size_t size() {
    const std::uint64_t size = varint();
    if (size > left()) fail("a text or list is longer than the bytes left");
    return static_cast<std::size_t>(size);
  }

  [[noreturn]] static void fail(const char* what_is_wrong) { throw Unreadable(ErrorKind::corrupt, what_is_wrong); }
  /// For what only a later version can have written, if the bytes are sound.
  [[noreturn]] static void fail_as_newer(const char* what_is_unknown) {
    throw Unreadable(ErrorKind::newer_format, what_is_unknown);
  }

 private:
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; next_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*next_++);
      if (shift == 63 && byte > 1) fail("a number is beyond 64 bits");
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (byte == 0 && shift > 0) fail("a number takes more bytes than it needs");
      return value;
    }
    fail("it ends in the middle of a number");
  }

  const char* next_;
  const char* end_;
  std::uint32_t version_;
};

}  // namespace chancery

CEREAL_REGISTER_ARCHIVE(chancery::RecordWriter)
CEREAL_REGISTER_ARCHIVE(chancery::RecordReader)
CEREAL_SETUP_ARCHIVE_TRAITS(chancery::RecordReader, chancery::RecordWriter)
