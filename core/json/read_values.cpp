#include <fmt/format.h>

#include "core/decimal_digits.hpp"
#include "core/json/raw.hpp"
#include "core/json/read_fields.hpp"
#include "core/json/write_fields.hpp"

namespace chancery {
namespace {

constexpr std::string_view count_rule =
    "n or [low, high], whole numbers from 0 to 1e12, low not above high, high null for at least";

bool read_text(Reading& reading, const Path& path, Element value, std::string wanted, std::string_view& out) {
  if (value.get_string().get(out) != simdjson::SUCCESS) return refuse_type(reading, path, value, std::move(wanted));
  return reading.check_text(path, out);
}

template <class T, class Parse>
bool read_name(Reading& reading, const Path& path, Element value, Parse parse, T& out) {
  std::string_view text;
  return read_text(reading, path, value, "text", text) && reading.take(path, parse(std::string_view(), text), out);
}

/// A whole number from 0. One with a fraction or an exponent is read as it is written: the double that a parser makes of it is another.
std::optional<std::uint64_t> whole(const Reading& reading, const Path& path, Element value) {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) == simdjson::SUCCESS) return number;
  return value.is_double() ? whole_number(reading.raw(path)) : std::nullopt;
}

std::optional<std::uint64_t> bound(const Reading& reading, const Path& path, Element value) {
  const auto number = whole(reading, path, value);
  return number && *number <= count_max ? number : std::nullopt;
}

std::optional<Count> range(const Reading& reading, const Path& path, simdjson::dom::array list) {
  if (list.size() != 2) return {};
  const auto low = bound(reading, path.element(0), list.at(0).value_unsafe());
  const Element end = list.at(1).value_unsafe();
  if (!low) return {};
  if (end.is_null()) return Count{*low, std::nullopt, false};
  const auto high = bound(reading, path.element(1), end);
  if (!high || *high < *low) return {};
  return Count{*low, high, false};
}

/// A number as it is written: what is printed of a double may look as if it were allowed.
std::string as_found(const Reading& reading, const Path& path, Element value) {
  constexpr std::size_t digits_max = 60;
  if (!value.is_double()) return described(value);
  const std::string_view number = reading.raw(path);
  return fmt::format("the number {}{}", number.substr(0, digits_max), number.size() > digits_max ? "..." : "");
}

/// "[5,3]": what a message says of a list that is no count.
std::string found_for_count(Reading& reading, const Path& path, Element value) {
  if (!value.is_array()) return as_found(reading, path, value);
  std::string text;
  append_minified(text, reading.raw(path));
  return text;
}

}  // namespace

bool refuse_unknown(Reading& reading, const Path& path, std::span<const std::string_view> names) {
  return reading.refuse(path, "an unknown field", allowed_names(names, path.name));
}

bool refuse_repeated(Reading& reading, const Path& path) {
  return reading.refuse(path, "the key twice", "each key once in an object");
}

bool refuse_type(Reading& reading, const Path& path, Element value, std::string wanted) {
  return reading.refuse(path, as_found(reading, path, value), std::move(wanted));
}

bool read_value(Reading& reading, const Path& path, Element value, std::string& out) {
  std::string_view text;
  if (!read_text(reading, path, value, "text", text)) return false;
  out = text;
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, bool& out) {
  if (value.get_bool().get(out) == simdjson::SUCCESS) return true;
  return refuse_type(reading, path, value, "true or false");
}

bool read_value(Reading& reading, const Path& path, Element value, std::uint64_t& out) {
  const auto number = whole(reading, path, value);
  if (!number) return refuse_type(reading, path, value, "a whole number from 0 to 18446744073709551615");
  out = *number;
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, Decimal& out) {
  if (!value.is_number()) return refuse_type(reading, path, value, "a number");
  out.text = reading.raw(path);
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, Count& out) {
  simdjson::dom::array list;
  std::optional<Count> count;
  if (value.get_array().get(list) == simdjson::SUCCESS) {
    count = range(reading, path, list);
  } else if (const auto number = bound(reading, path, value)) {
    count = Count{*number, *number, true};
  }
  if (!count) return reading.refuse(path, found_for_count(reading, path, value), std::string(count_rule));
  out = *count;
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, Party& out) {
  return read_name(reading, path, value, parse_party, out);
}

bool read_value(Reading& reading, const Path& path, Element value, Slug& out) {
  return read_name(reading, path, value, parse_slug, out);
}

bool read_value(Reading& reading, const Path& path, Element value, LongSlug& out) {
  return read_name(reading, path, value, parse_long_slug, out);
}

bool read_value(Reading& reading, const Path& path, Element value, Id& out) {
  return read_name(reading, path, value, parse_id, out);
}

bool read_value(Reading& reading, const Path& path, Element value, Country& out) {
  return read_name(reading, path, value, parse_country, out);
}

// Whether it is a date, and which, depends on the zone: validate.hpp.
bool read_value(Reading& reading, const Path& path, Element value, Date& out) {
  std::string_view text;
  if (!read_text(reading, path, value, "text (EDTF)", text)) return false;
  out.text = text;
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, PartyOrText& out) {
  std::string_view text;
  if (!read_text(reading, path, value, "text: a party or words", text)) return false;
  Party party;
  if (looks_like_party(text) && !reading.take(path, parse_party({}, text), party)) return false;
  out.text = text;
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, Json& out) {
  if (!value.is_object()) return refuse_type(reading, path, value, "an object");
  if (!reading.check_free(path, value)) return false;
  out.text.clear();
  append_minified(out.text, reading.raw(path));
  return true;
}

bool read_value(Reading& reading, const Path& path, Element value, Role& out) {
  if (value.is_string()) return read_value(reading, path, value, out.party);
  if (!value.is_object())
    return refuse_type(reading, path, value, "a party, or an object of party, on_behalf_of and role");
  return read_object(reading, path, value, out);
}

bool read_value(Reading& reading, const Path& path, Element value, Place& out) {
  out.only_name = value.is_string();
  if (out.only_name) return read_value(reading, path, value, out.name);
  if (!value.is_object()) return refuse_type(reading, path, value, "text, or an object of name, country, lat and lon");
  return read_object(reading, path, value, out);
}

bool read_value(Reading& reading, const Path& path, Element value, Source& out) {
  if (value.is_string()) return read_value(reading, path, value, out.url);
  if (!value.is_object()) return refuse_type(reading, path, value, "a url, or an object");
  return read_object(reading, path, value, out);
}

bool read_value(Reading& reading, const Path& path, Element value, ActionObserved& out) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return refuse_type(reading, path, value, "an object");
  if (!reading.check_keys(path, object)) return false;
  static constexpr auto text_field = std::get<0>(ActionObserved::fields());
  ObjectWriter rest(out.rest.text);
  RawItems raw(reading.raw(path));
  std::uint64_t present = 0;
  std::size_t ordinal = 0;
  for (const auto& [name, member] : object) {
    raw.next();
    const Path place = path.member(name, ordinal++);
    if (name != text_field.name) {
      if (!reading.check_free(place, member)) return false;
      rest.free_name(name);
      append_minified(out.rest.text, raw.value());
    } else if (!is_absent(member)) {
      present = 1;
      if (!read_field(reading, place, member, text_field, out.text)) return false;
    }
  }
  rest.close();
  if (rest.empty()) out.rest.text.clear();
  return check_required<ActionObserved>(reading, path, present);
}

}  // namespace chancery
