#pragma once

#include <string>
#include <string_view>

#include "core/record/archive.hpp"
#include "core/record/types.hpp"
#include "core/result.hpp"

/// Any value of core, and any struct with fields(), as bytes: the states of views, cursors, snapshots.
namespace chancery {

/// Appends `value` to `out`. Equal values have equal bytes and different values different ones. The bytes say nothing
/// of their type: who keeps them for longer than the program lives keeps `layout<T>()` (core/record/layout.hpp) with
/// them. They have no checksum: bytes that were damaged may be read as another value.
template <class T>
void encode_value(std::string& out, const T& value) {
  RecordWriter archive(out);
  archive(value);
}

/// The value that `bytes`, all of them, were made from. Fails with corrupt; never reads beyond them.
template <class T>
Result<T> decode_value(std::string_view bytes) {
  try {
    RecordReader archive(bytes);
    Result<T> value;
    archive(*value);
    if (archive.left() == 0) return value;
    return failure(ErrorKind::corrupt, "stored value", "bytes after its end", "the bytes that were written");
  } catch (const Unreadable& unreadable) {
    return failure(ErrorKind::corrupt, "stored value", unreadable.what(), "the bytes that were written");
  }
}

}  // namespace chancery
