#pragma once

#include <optional>
#include <string>

#include "core/event.hpp"
#include "core/instant.hpp"
#include "core/result.hpp"

/// The rules for an event that need more than one of its values at once, or its zone (events.md, "Rules checked at the
/// door"). The rules for each value by itself are kept by what reads it: names.hpp, json/read_fields.hpp.
namespace chancery {

/// What the dates of an event mean in its zone.
struct Moments {
  Instant earliest{}, latest{};     ///< of `occurred`; zero for record.*
  std::optional<Instant> deadline;  ///< the instant after the end of its expires, until or due, if it has one
  std::uint32_t local_month = 0;    ///< year * 12 + month - 1 of `earliest` in the zone; 0 for record.*
};

/// Fails with: refused, for the first rule that the event breaks, in the order of the envelope's fields.
/// Cost: below 1 us for an event without a zone and long lists; n log n in the length of a list of parties.
Result<Moments> validate(const Event& event);

/// The stream of an event that names none: the measure, holder, sender@host/city, commitment or list of the payload;
/// for letter.* the letter's id (for letter.sent: the event's own, which must be there); empty for record.*; else
/// "actions".
std::string default_stream(const Event& event);

}  // namespace chancery
