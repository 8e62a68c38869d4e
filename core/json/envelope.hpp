#pragma once

#include <array>

#include "core/event.hpp"

/// The fields of an event around its payload, in the order in which they are written: said once, for reader, writer and
/// schema.
namespace chancery {

/// `type` and `data`, which together are Event::payload.
struct TypeField {
  std::string_view name = "type";
  Presence presence = Presence::required;
  std::string_view description = "what kind of action this is, or record.retracted, record.sourced";
};
struct DataField {
  std::string_view name = "data";
  Presence presence = Presence::optional;
  std::string_view description = "the payload: its fields are those of the type";
};

constexpr auto envelope_fields() {
  return std::tuple{
      optional("id", &Event::id,
               "what the event is called by: a UUID or a label such as minsk/release; absent: made from the content"),
      optional("stream", &Event::stream,
               "consistency boundary, 1-256 of [A-Za-z0-9._:/@>-]; absent: the measure, holder, sender@host/city, "
               "commitment or "
               "list; letter.*: the letter's id; record.*: the stream of the event it names; else actions"),
      TypeField{},
      optional("occurred", &Event::occurred,
               "EDTF: when it happened in the world; required, but for record.*, which have none"),
      optional("zone", &Event::zone, "IANA zone where occurred's calendar days begin and end; absent: UTC"),
      optional("actor", &Event::actor, "who did it: a visitor is the actor, the host the recipient"),
      optional("recipient", &Event::recipient, "to whom"),
      optional("place", &Event::place, "where: text, or an object"),
      optional("summary", &Event::summary, "one human sentence"),
      DataField{},
      optional("coding", &Event::coding, "replaces, field by field, the default coding of the type"),
      optional("sources", &Event::sources, "evidence; a plain string is a url"),
      optional("because_of", &Event::because_of, "ids of the actions this one answers"),
      optional("disputes", &Event::disputes, "ids of events this one says are false, without removing them"),
      optional("corrects", &Event::corrects, "id of the live event that this one replaces, whole, from now on"),
      optional("retracts", &Event::retracts,
               "id of the event that is withdrawn from now on; in record.retracted and nowhere else"),
      optional("supports", &Event::supports,
               "id of the event whose evidence grows by sources; in record.sourced and nowhere else"),
      optional("visibility", &Event::visibility, "who may read it; absent: public"),
      optional("tags", &Event::tags, "words to find it by"),
      optional("ext", &Event::ext, "anything else, kept as is"),
  };
}

/// The same, made once.
inline constexpr auto envelope_table = envelope_fields();

/// What the ledger adds to an event it holds, in the order in which it is written.
struct OutputField {
  std::string_view name, description;
};
constexpr std::array<OutputField, 4> output_fields{{
    {"position", "global order, from 1 and without gaps: this is system time"},
    {"revision", "place in its stream, from 0 and without gaps"},
    {"recorded_by", "who recorded it: the name of the server's token, or --as NAME"},
    {"recorded_at", "RFC 3339, microseconds, UTC: equal for all events of one commit"},
}};

}  // namespace chancery
