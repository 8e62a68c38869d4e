#pragma once

#include <algorithm>
#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "core/count.hpp"
#include "core/fields.hpp"
#include "core/instant.hpp"
#include "core/names.hpp"
#include "core/record/archive.hpp"
#include "core/record/stored.hpp"
#include "core/record/uuid_bytes.hpp"

/// What each kind of value looks like in the archives; the grammar is in core/record/archive.hpp. cereal finds these
/// functions by the archive's namespace.
namespace chancery {

namespace stored {
template <class T>
constexpr bool is_name = std::is_same_v<T, Decimal>;
template <class Tag>
constexpr bool is_name<Name<Tag>> = true;
template <>
inline constexpr bool is_name<Id> = false;
template <class T>
concept Unsigned = std::unsigned_integral<T> && !std::same_as<T, bool>;
template <class T>
concept Bounds = std::same_as<T, Count> || std::same_as<T, Range>;

}  // namespace stored

// --- numbers, words, texts

inline void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const bool& value) { archive.varint(value ? 1 : 0); }
inline void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, bool& value) {
  const std::uint64_t read = archive.varint();
  if (read > 1) archive.fail("a yes or no is neither");
  value = read == 1;
}

template <stored::Unsigned T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  archive.varint(value);
}
template <stored::Unsigned T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  const std::uint64_t read = archive.varint();
  if (read > std::numeric_limits<T>::max()) archive.fail("a number is too large for its field");
  value = static_cast<T>(read);
}

template <std::signed_integral T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  archive.svarint(value);
}
template <std::signed_integral T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  const std::int64_t read = archive.svarint();
  if (read < std::numeric_limits<T>::min() || read > std::numeric_limits<T>::max()) {
    archive.fail("a number is too large for its field");
  }
  value = static_cast<T>(read);
}

template <std::same_as<Instant> T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  archive.svarint(value.time_since_epoch().count());
}
template <std::same_as<Instant> T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  value = Instant(Instant::duration(archive.svarint()));
}

template <HasWords T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  archive.varint(static_cast<std::uint64_t>(value));
}
template <HasWords T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  const std::uint64_t read = archive.varint();
  if (read >= Words<T>::list.size()) archive.fail_as_newer("an unknown word");
  value = static_cast<T>(read);
}

inline void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::string& value) { archive.text(value); }
inline void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::string& value) { value = archive.text(); }

template <class T>
requires stored::is_name<T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) { archive.text(value.text); }
template <class T>
requires stored::is_name<T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) { value.text = archive.text(); }

inline void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const Id& value) {
  if (const std::optional<UuidBytes> uuid = uuid_bytes(value.text)) {
    archive.varint(0);
    return archive.bytes({uuid->data(), uuid->size()});
  }
  archive.varint(value.text.size() + 1);
  archive.bytes(value.text);
}
inline void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, Id& value) {
  const std::uint64_t tag = archive.varint();
  if (tag == 0) {
    value.text = uuid_text(archive.bytes(sizeof(UuidBytes)));
    return;
  }
  value.text = archive.bytes(tag - 1);
  if (uuid_bytes(value.text)) archive.fail("a UUID is written as a label");
}

// --- bounds

template <stored::Bounds T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  unsigned form = 0;
  if (value.high) form |= *value.high == value.low ? 1 : 3;
  if constexpr (std::same_as<T, Count>) form |= value.single ? 4 : 0;
  archive.varint(form);
  archive.varint(value.low);
  if (form & 2) archive.varint(*value.high - value.low);  // modulo 2^64, so that even a high below low comes back
}
template <stored::Bounds T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  const std::uint64_t form = archive.varint();
  if (form > (std::same_as<T, Count> ? 7 : 3) || (form & 3) == 2) archive.fail("a count has an unknown form");
  value.low = archive.varint();
  value.high.reset();
  if (form & 1) value.high = value.low;
  if (form & 2) {
    const std::uint64_t above = archive.varint();
    if (above == 0) archive.fail("a count is not in its shortest form");
    value.high = value.low + above;
  }
  if constexpr (std::same_as<T, Count>) value.single = (form & 4) != 0;
}

// --- what holds other values

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::optional<T>& value) {
  archive(value.has_value());
  if (value) archive(*value);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::optional<T>& value) {
  bool present = false;
  archive(present);
  value.reset();
  if (present) archive(value.emplace());
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::vector<T>& values) {
  archive.varint(values.size());
  for (const T& value : values) archive(value);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::vector<T>& values) {
  const std::size_t size = archive.size();
  values.clear();
  values.reserve(std::min<std::size_t>(size, 64));  // more only as they come: a value may be a hundred times its bytes
  for (std::size_t i = 0; i < size; ++i) archive(values.emplace_back());
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::set<T>& values) {
  archive.varint(values.size());
  for (const T& value : values) archive(value);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::set<T>& values) {
  values.clear();
  for (std::size_t left = archive.size(); left > 0; --left) {
    T value{};
    archive(value);
    if (!values.empty() && !(*values.rbegin() < value)) archive.fail("the values of a set are out of order");
    values.insert(values.end(), std::move(value));
  }
}

template <class Key, class T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::map<Key, T>& values) {
  archive.varint(values.size());
  for (const auto& [key, value] : values) archive(key, value);
}
template <class Key, class T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::map<Key, T>& values) {
  values.clear();
  for (std::size_t left = archive.size(); left > 0; --left) {
    Key key{};
    archive(key);
    if (!values.empty() && !(values.rbegin()->first < key)) archive.fail("the keys of a map are out of order");
    archive(values.emplace_hint(values.end(), std::move(key), T{})->second);
  }
}

template <class... T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const std::variant<T...>& value) {
  archive.varint(value.index());
  std::visit([&](const auto& held) { archive(held); }, value);
}
template <class... T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, std::variant<T...>& value) {
  const std::uint64_t index = archive.varint();
  if (index >= sizeof...(T)) archive.fail_as_newer("an unknown alternative");
  const auto read_if = [&]<std::size_t I>() {
    if (index == I) archive(value.template emplace<I>());
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) { (read_if.template operator()<I>(), ...); }
  (std::index_sequence_for<T...>{});
}

// --- structs

template <StoredStruct T>
void CEREAL_SAVE_FUNCTION_NAME(RecordWriter& archive, const T& value) {
  std::uint64_t present = 0;
  std::uint64_t bit = 1;
  stored::for_each_member(value, [&](const auto& member, const auto&) {
    if (!stored::blank(member)) present |= bit;
    bit <<= 1;
  });
  archive.varint(present);
  bit = 1;
  stored::for_each_member(value, [&]<class M>(const M& member, const auto&) {
    if constexpr (stored::is_optional<M>) {
      if (present & bit) archive(*member);
    } else if constexpr (!std::same_as<M, bool>) {
      if (present & bit) archive(member);
    }
    bit <<= 1;
  });
}

template <StoredStruct T>
void CEREAL_LOAD_FUNCTION_NAME(RecordReader& archive, T& value) {
  std::uint64_t present = archive.varint();
  stored::for_each_member(value, [&]<class M>(M& member, const auto& field) {
    if (field.since > archive.version()) return;
    const bool here = (present & 1) != 0;
    present >>= 1;
    if constexpr (std::same_as<M, bool>) {
      member = here;
    } else if (!here) {
      stored::make_blank(member);
    } else if constexpr (stored::is_optional<M>) {
      archive(member.emplace());
    } else {
      archive(member);
      if (stored::blank(member)) archive.fail("a field that is nothing is written");
    }
  });
  if (present != 0) archive.fail("a field that its struct does not have");
}

}  // namespace chancery

// cereal has a function of its own for every enum, which would read a value that is no word.
template <chancery::HasWords T>
struct cereal::specialize<chancery::RecordWriter, T, cereal::specialization::non_member_load_save> {};
template <chancery::HasWords T>
struct cereal::specialize<chancery::RecordReader, T, cereal::specialization::non_member_load_save> {};
