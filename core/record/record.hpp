#pragma once

#include <string>
#include <string_view>

#include "core/event.hpp"
#include "core/result.hpp"

/// An event as bytes in the log: a version, then a cereal archive of our own that is portable, span-based and bounded.
namespace chancery {

/// Appends the record of an event to `out`: everything of Recorded but `position`, which is its key. Cost: below 1 us.
void encode_record(std::string& out, const Recorded& recorded);

/// The event back. Fails with newer_format (a version this program does not know) or corrupt; never reads beyond
/// `bytes`.
Result<Recorded> decode_record(Position position, std::string_view bytes);

/// The few fields that following the log needs, without decoding the rest.
struct RecordHead {
  Instant recorded_at{}, earliest{}, latest{};
  Position commit_first = 0, commit_last = 0, chain = 0;
  Visibility level = Visibility::public_;
  std::uint16_t type_code = 0;
  bool about_record = false;
};
Result<RecordHead> decode_head(Position position, std::string_view bytes);

}  // namespace chancery
