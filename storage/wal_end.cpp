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
};

bool is_whole(std::string_view block, std::size_t at) {
  const Fragment fragment = Fragment::at(block, at);
  if (fragment.type < full || fragment.type > last || fragment.end(at) > block.size()) return false;
  Crc crc;
  crc.process_bytes(block.data() + at + header_bytes - 1, fragment.size + 1);
  return masked(crc.checksum()) == fragment.sum;
}

/// Whether a fragment is whole but for its length.
bool has_false_length(std::string_view block, std::size_t at) {
  const std::uint32_t sum = Fragment::at(block, at).sum;
  Crc crc;
  for (std::size_t i = at + header_bytes - 1; i < block.size(); ++i) {
    crc.process_byte(static_cast<std::uint8_t>(block[i]));
    if (masked(crc.checksum()) == sum) return true;
  }
  return false;
}

bool begins_record(std::string_view block, std::size_t at) {
  const auto type = static_cast<std::uint8_t>(block[at + 6]);
  return (type == full || type == first) && is_whole(block, at);
}

/// Walks through a log, block by block.
class Walk {
 public:
  /// False: the file is to be read as it is.
  bool take(std::string_view block) {
    std::size_t at = 0;
    if (!ended_ && !take_records(block, at)) return false;
    if (ended_ && !take_rest(block, at)) return false;
    before_ += block.size();
    return true;
  }

  /// Whether it was left because of a length that is damaged: RocksDB would take it for the end of a file that was cut.
  bool false_length() const { return false_length_; }
  /// Where whole records end, once all was taken.
  std::optional<std::uint64_t> end() const {
    const bool missing = lacks_sector_ || before_ < wanted_to_;
    const bool torn = within_ || nonzero_to_ > whole_to_;
    if (torn && !missing) return std::nullopt;
    return whole_to_;
  }

 private:
  /// Records up to the first thing that is none.
  bool take_records(std::string_view block, std::size_t& at) {
    for (; at + header_bytes <= block.size(); at = Fragment::at(block, at).end(at)) {
      if (!is_whole(block, at)) {
        ended_ = true;
        return take_end(block, at);
      }
      const std::uint8_t type = Fragment::at(block, at).type;
      if (within_ != (type == middle || type == last)) return false;
      within_ = type == first || type == middle;
      if (!within_) whole_to_ = before_ + Fragment::at(block, at).end(at);
    }
    // What is too short for a header is filled up with zeros, or the end of a file that was cut.
    at = block.size();
    return true;
  }

  /// How far the fragment went that is not whole.
  bool take_end(std::string_view block, std::size_t at) {
    const Fragment fragment = Fragment::at(block, at);
    if (within_ || !fragment.is_nothing()) wanted_to_ = before_ + std::min(fragment.end(at), block_bytes);
    false_length_ = !fragment.is_nothing() && has_false_length(block, at);
    return !false_length_;
  }

  /// What comes after: no other record, and which sectors were not written.
  bool take_rest(std::string_view block, std::size_t at) {
    for (std::size_t i = at; i + header_bytes <= block.size(); ++i) {
      if (begins_record(block, i)) return false;
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
    return true;
  }

  std::uint64_t before_ = 0;      // the bytes before the block at hand
  std::uint64_t whole_to_ = 0;    // the end of the last whole record
  bool within_ = false;           // a record of which not all fragments have come
  bool ended_ = false;            // something came that is no whole fragment
  std::uint64_t wanted_to_ = 0;   // where that should have ended
  std::uint64_t nonzero_to_ = 0;  // where the last byte of the rest ends that is not zero
  bool gap_ = false;              // a sector of the rest is zeros
  bool lacks_sector_ = false;     // and something belongs there
  bool false_length_ = false;
};

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

rocksdb::IOStatus find_wal_end(rocksdb::FSSequentialFile& file, std::optional<std::uint64_t>& end) {
  end.reset();
  Walk walk;
  std::string block;
  for (;;) {
    if (rocksdb::IOStatus read = read_block(file, block); !read.ok()) return read;
    if (block.empty()) break;
    if (walk.take(block)) continue;
    return walk.false_length() ? rocksdb::IOStatus::Corruption("the length of a record of the write-ahead log") : rocksdb::IOStatus::OK();
  }
  end = walk.end();
  return rocksdb::IOStatus::OK();
}

}  // namespace chancery
