#pragma once

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/event.hpp"
#include "core/record/stored.hpp"
#include "tests/support/seed.hpp"

/// Events and other values to store, made from the lists of fields: a new type or field is in every test at once.
/// They are not what the ledger would take: a record gives back whatever it was given.
namespace chancery::samples {

using test::seed;

/// Fills about half of all fields, with values at and between the ends of their ranges.
class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}

  bool coin() { return (random_() & 1) != 0; }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  /// Any magnitude as likely as any other.
  std::uint64_t number() {
    const std::uint64_t bits = below(66);
    return bits == 65 ? ~std::uint64_t{0} : bits == 0 ? 0 : random_() >> (64 - bits);
  }
  Instant instant() {
    return Instant(Instant::duration(static_cast<std::int64_t>(number() ^ (coin() ? 0 : ~std::uint64_t{0}))));
  }
  std::string text() {
    std::string text(coin() ? below(20) : below(300), ' ');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  template <class T>
  void fill(T& value) {
    if constexpr (StoredStruct<T>) {
      stored::for_each_member(value, [&](auto& member, const auto&) {
        if (coin()) fill(member);
      });
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = text();
    } else if constexpr (std::is_same_v<T, Id>) {
      value.text =
          coin() ? text() : "018f9c1e-7b6a-7c3d-9a51-" + std::to_string(100'000'000'000 + below(800'000'000'000));
    } else if constexpr (requires { value.text; }) {
      value.text = text();
    } else if constexpr (std::is_same_v<T, Count> || std::is_same_v<T, Range>) {
      value.low = number();
      if (coin()) value.high = coin() ? value.low : number();
      if constexpr (std::is_same_v<T, Count>) value.single = coin();
    } else if constexpr (HasWords<T>) {
      value = static_cast<T>(below(Words<T>::list.size()));
    } else if constexpr (std::is_same_v<T, bool>) {
      value = coin();
    } else if constexpr (std::is_same_v<T, Instant>) {
      value = instant();
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(number());
    } else {
      fill_holder(value);
    }
  }

 private:
  template <class T>
  void fill_holder(std::optional<T>& value) {
    if (coin()) fill(value.emplace());
  }
  template <class T>
  void fill_holder(std::vector<T>& values) {
    for (std::uint64_t left = below(4); left > 0; --left) fill(values.emplace_back());
  }
  template <class T>
  void fill_holder(std::set<T>& values) {
    for (std::uint64_t left = below(4); left > 0; --left) {
      T value{};
      fill(value);
      values.insert(std::move(value));
    }
  }
  template <class Key, class T>
  void fill_holder(std::map<Key, T>& values) {
    for (std::uint64_t left = below(4); left > 0; --left) {
      Key key{};
      fill(key);
      fill(values[key]);
    }
  }
  template <class... T>
  void fill_holder(std::variant<T...>& value) {
    const std::uint64_t index = below(sizeof...(T));
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((index == I ? fill(value.template emplace<I>()) : void()), ...);
    }
    (std::index_sequence_for<T...>{});
  }

  std::mt19937_64 random_;
};

/// An event of each type with everything in it that records of `version` have, for ever the same: golden files hold
/// them.
std::vector<Recorded> full_of_each_type(std::uint32_t version);
/// The one of these with that type.
Recorded full(std::string_view type);
/// An event of each type with random contents.
std::vector<Recorded> random_of_each_type(Random& random);

/// Whether two are equal in everything.
bool same(const Recorded& a, const Recorded& b);

}  // namespace chancery::samples
