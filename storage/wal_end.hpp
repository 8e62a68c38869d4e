#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <optional>

namespace chancery {

/// Where the whole records of a write-ahead log end, if what comes after them is nothing but zeros and what reached the disk of one
/// write that was under way when the power failed. Fails with corruption where anything else comes after them.
///
/// Writes that come together are one record (RocksDB's write groups, which are not pipelined), and each record is synced before the next
/// one begins, to a file that held zeros there (or nothing) before. A disk writes sectors whole. So a write that was torn lacks sectors,
/// no record comes after it, and no other file: only the last log that holds anything `may_be_torn`. RocksDB cannot tell: it takes a torn
/// write for damage, and a damaged length or type for the end of a file that was cut.
///
/// The format is RocksDB's (its wiki: "Write Ahead Log File Format", that of logs that are not recycled); with a record of another format
/// there is no `end`, and the file is to be read as it is. Reads the file once, a block at a time.
rocksdb::IOStatus find_wal_end(rocksdb::FSSequentialFile& file, bool may_be_torn, std::optional<std::uint64_t>& end);

}  // namespace chancery
