#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <optional>

namespace chancery {

/// Where the whole records of a write-ahead log end, if what comes after them is nothing but zeros and what reached the disk of one
/// write that was under way when the power failed; nothing if the file is to be read as it is.
///
/// Each write is a record of its own and is synced before the next one begins, to a file that held zeros there (or nothing) before. A
/// disk writes sectors whole. So a write that was torn lacks sectors, and no record comes after it. Any other end that cannot be read
/// is damage, and left for RocksDB to complain of; a record whose length alone is damaged, which RocksDB would not, fails with corruption.
///
/// The format is RocksDB's (its wiki: "Write Ahead Log File Format", that of logs that are not recycled). Reads the file once, a block
/// at a time.
rocksdb::IOStatus find_wal_end(rocksdb::FSSequentialFile& file, std::optional<std::uint64_t>& end);

}  // namespace chancery
