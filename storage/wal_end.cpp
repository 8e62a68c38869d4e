#include "storage/wal_end.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <string>
#include <string_view>

namespace chancery {
namespace {

constexpr std::size_t block_bytes = 32UL << 10, header_bytes = 7, sector_bytes = 512;
enum Type : std::uint8_t { zero, full, first, middle, last };

using Crc = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

template <class Number>
Number little_endian_at(std::string_view bytes, std::size_t at) {
  Number number = 0;
  for (std::size_t i = sizeof(Number); i > 0; --i) number = static_cast<Number>(number << 8U | static_cast<std::uint8_t>(bytes[at + i - 1]));
  return number;
}

/// As RocksDB stores it: a checksum of what holds checksums would be no good one.
std::uint32_t masked(std::uint32_t sum) { return (sum >> 15U | sum << 17U) + 0xa282ead8U; }

/// A part of a record, at most a block long.
struct Fragment {
  std::uint32_t sum = 0;
  std::size_t size = 0;  // of its payload
  std::uint8_t type = 0;

  static Fragment at(std::string_view block, std::size_t at) {
    return {little_endian_at<std::uint32_t>(block, at), little_endian_at<std::uint16_t>(block, at + 4), static_cast<std::uint8_t>(block[at + 6])};
  }
  std::size_t end(std::size_t at) const { return at + header_bytes + size; }
  bool is_nothing() const { return type == zero && size == 0; }
  bool is_known() const { return type >= full && type <= last; }
};

/// Whether a fragment is as it was written, up to `end`.
bool is_whole_to(std::string_view block, std::size_t at, std::size_t end) {
  if (end > block.size()) return false;
  Crc crc;
  crc.process_bytes(block.data() + at + header_bytes - 1, end - at - header_bytes + 1);
  return masked(crc.checksum()) == Fragment::at(block, at).sum;
}

bool is_whole(std::string_view block, std::size_t at) {
  const Fragment fragment = Fragment::at(block, at);
  return fragment.is_known() && is_whole_to(block, at, fragment.end(at));
}

/// Whether a fragment is whole, of a kind that the ledger's RocksDB does not write: with or without the number of its file in its header.
bool is_foreign(std::string_view block, std::size_t at) {
  const Fragment fragment = Fragment::at(block, at);
  return fragment.type > last && (is_whole_to(block, at, fragment.end(at)) || is_whole_to(block, at, fragment.end(at) + sizeof(std::uint32_t)));
}

/// Whether the last fragment of a block is whole but for its length or its type: up to where only zeros come, or into them, since it may
/// end in some. Of other ends, one in some thousands of torn fragments would have the checksum by chance.
bool has_false_header(std::string_view block, std::size_t at) {
  constexpr std::size_t zeros_at_end_max = 16;
  const Fragment fragment = Fragment::at(block, at);
  const std::size_t payload = at + header_bytes, nonzero_to = std::max(block.find_last_not_of('\0') + 1, payload);
  for (const std::uint8_t type : {fragment.type, std::uint8_t{full}, std::uint8_t{first}, std::uint8_t{middle}, std::uint8_t{last}}) {
    Crc crc;
    crc.process_byte(type);
    crc.process_bytes(block.data() + payload, nonzero_to - payload);
    for (std::size_t end = nonzero_to; end <= std::min(nonzero_to + zeros_at_end_max, block.size()); ++end) {
      if (masked(crc.checksum()) == fragment.sum) return true;
      crc.process_byte(0);
    }
  }
  return false;
}

/// The number of a write's first change; nothing where none begins. Its highest bytes are zeros, which text in an event cannot hold, so
/// that nobody can make a record come after a torn write by what he records.
std::optional<std::uint64_t> sequence_at(std::string_view block, std::size_t at) {
  constexpr std::size_t batch_header_bytes = 12;
  constexpr unsigned sequence_bits = 48;
  const Fragment fragment = Fragment::at(block, at);
  if ((fragment.type != full && fragment.type != first) || fragment.size < batch_header_bytes || !is_whole(block, at)) return std::nullopt;
  const auto sequence = little_endian_at<std::uint64_t>(block, at + header_bytes);
  return sequence >> sequence_bits == 0 ? std::optional(sequence) : std::nullopt;
}

enum class Seen : std::uint8_t { log, damage, foreign };

/// Walks through a log, block by block.
class Walk {
 public:
  explicit Walk(bool may_be_torn) : may_be_torn_(may_be_torn) {}
  /// After anything but log there is no more to take.
  Seen take(std::string_view block) {
    std::size_t at = 0;
    Seen seen = Seen::log;
    if (!ended_) seen = take_records(block, at);
    if (ended_ && seen == Seen::log) seen = take_rest(block, at);
    before_ += block.size();
    return seen;
  }

  /// Where whole records end, once all was taken; nothing if what comes after is damaged.
  std::optional<std::uint64_t> end() const {
    const bool part_of_one = within_ || nonzero_to_ > whole_to_;
    if (part_of_one && !may_be_torn_) return std::nullopt;
    if (part_of_one && ended_ && !lacks_sector_ && before_ >= wanted_to_) return std::nullopt;
    return whole_to_;
  }

 private:
  /// Records up to the first thing that is none.
  Seen take_records(std::string_view block, std::size_t& at) {
    for (; at + header_bytes <= block.size(); at = Fragment::at(block, at).end(at)) {
      if (!is_whole(block, at)) {
        ended_ = true;
        return take_end(block, at);
      }
      const std::uint8_t type = Fragment::at(block, at).type;
      if (within_ != (type == middle || type == last)) return Seen::damage;
      within_ = type == first || type == middle;
      if (!within_) whole_to_ = before_ + Fragment::at(block, at).end(at);
    }
    // What is too short for a header is filled up with zeros, or the end of a file that was cut.
    at = block.size();
    return Seen::log;
  }

  /// How far the fragment went that is not whole.
  Seen take_end(std::string_view block, std::size_t at) {
    const Fragment fragment = Fragment::at(block, at);
    if (within_ || !fragment.is_nothing()) wanted_to_ = before_ + std::min(fragment.end(at), block_bytes);
    if (fragment.is_nothing()) return Seen::log;
    if (is_foreign(block, at)) return Seen::foreign;
    return has_false_header(block, at) ? Seen::damage : Seen::log;
  }

  /// What comes after: no other record, and which sectors were not written.
  Seen take_rest(std::string_view block, std::size_t at) {
    for (std::size_t i = at; i + header_bytes <= block.size(); ++i) {
      if (sequence_at(block, i)) return Seen::damage;
    }
    for (std::size_t from = at, to = 0; from < block.size(); from = to) {
      to = std::min((from / sector_bytes + 1) * sector_bytes, block.size());
      const std::size_t nonzero = block.substr(from, to - from).find_last_not_of('\0');
      if (nonzero != std::string_view::npos) {
        lacks_sector_ |= gap_;
        nonzero_to_ = before_ + from + nonzero + 1;
      } else {
        gap_ = true;
        lacks_sector_ |= before_ + from < wanted_to_;
      }
    }
    return Seen::log;
  }

  const bool may_be_torn_;
  std::uint64_t before_ = 0;      // the bytes before the block at hand
  std::uint64_t whole_to_ = 0;    // the end of the last whole record
  bool within_ = false;           // a record of which not all fragments have come
  bool ended_ = false;            // something came that is no whole fragment
  std::uint64_t wanted_to_ = 0;   // where that should have ended
  std::uint64_t nonzero_to_ = 0;  // where the last byte of the rest ends that is not zero
  bool gap_ = false;              // a sector of the rest is zeros
  bool lacks_sector_ = false;     // and something belongs there
};

rocksdb::IOStatus damaged() { return rocksdb::IOStatus::Corruption("a record of the write-ahead log"); }

/// Fills a block, but at the end of the file.
rocksdb::IOStatus read_block(rocksdb::FSSequentialFile& file, std::string& block) {
  block.resize(block_bytes);
  std::size_t filled = 0;
  while (filled < block_bytes) {
    rocksdb::Slice read;
    rocksdb::IOStatus status = file.Read(block_bytes - filled, {}, &read, block.data() + filled, nullptr);
    if (!status.ok()) return status;
    if (read.empty()) break;
    block.replace(filled, read.size(), read.data(), read.size());
    filled += read.size();
  }
  block.resize(filled);
  return rocksdb::IOStatus::OK();
}

}  // namespace

rocksdb::IOStatus find_wal_end(rocksdb::FSSequentialFile& file, bool may_be_torn, std::optional<std::uint64_t>& end) {
  end.reset();
  Walk walk(may_be_torn);
  std::string block;
  for (;;) {
    if (rocksdb::IOStatus read = read_block(file, block); !read.ok()) return read;
    if (block.empty()) break;
    const Seen seen = walk.take(block);
    if (seen == Seen::foreign) return rocksdb::IOStatus::OK();
    if (seen == Seen::damage) return damaged();
  }
  end = walk.end();
  return end ? rocksdb::IOStatus::OK() : damaged();
}

}  // namespace chancery
