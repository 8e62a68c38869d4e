#include "tests/core/record/samples.hpp"

#include <stdexcept>
#include <tuple>

#include "core/record/archive.hpp"

namespace chancery::samples {
namespace {

/// Fills every field that records of `version` have with something that is not blank. Never change what it gives.
class Full {
 public:
  explicit Full(std::uint32_t version) : version_(version) {}

  template <class T>
  void fill(T& value) {
    if constexpr (StoredStruct<T>) {
      stored::for_each_member(value, [&](auto& member, const auto& field) {
        if (field.since <= version_) fill(member);
      });
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = text();
    } else if constexpr (std::is_same_v<T, Id>) {
      value.text = ++count_ % 2 == 0 ? "label/" + std::to_string(count_)
                                     : "018f9c1e-7b6a-7c3d-9a51-" + std::to_string(100'000'000'000 + count_);
    } else if constexpr (requires { value.text; }) {
      value.text = text();
    } else if constexpr (std::is_same_v<T, Count> || std::is_same_v<T, Range>) {
      value.low = ++count_;
      if (count_ % 3 != 0) value.high = count_ + count_ % 3 * 500 - 500;
      if constexpr (std::is_same_v<T, Count>) value.single = count_ % 3 == 1;
    } else if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>) {
      value = static_cast<T>(1);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(++count_);
    } else {
      fill_holder(value);
    }
  }

 private:
  std::string text() { return "text " + std::to_string(++count_); }

  template <class T>
  void fill_holder(std::optional<T>& value) {
    fill(value.emplace());
  }
  template <class T>
  void fill_holder(std::vector<T>& values) {
    for (int i = 0; i < 2; ++i) fill(values.emplace_back());
  }
  template <class Key, class T>
  void fill_holder(std::map<Key, T>& values) {
    for (int i = 0; i < 2; ++i) {
      Key key;
      fill(key);
      fill(values[key]);
    }
  }

  std::uint32_t version_;
  std::uint64_t count_ = 0;
};

template <class T>
Recorded full_with(std::uint32_t version) {
  Full filler(version);
  Recorded recorded;
  filler.fill(recorded.event);
  filler.fill(recorded.event.payload.emplace<T>());
  recorded.event.visibility = Visibility::partner;
  recorded.position = 100'000 + T::code;
  recorded.revision = 1'000 + T::code;
  recorded.recorded_at = Instant(std::chrono::microseconds(1'757'600'000'123'456));
  recorded.earliest = Instant(std::chrono::microseconds(1'757'538'000'000'000));
  recorded.latest = Instant(std::chrono::microseconds(1'757'624'399'999'999));
  recorded.recorded_by = "newsroom";
  recorded.deadline = Instant(std::chrono::microseconds(1'772'312'400'000'000));
  recorded.local_month = 2025 * 12 + 8;
  recorded.commit_first = recorded.position - 2;
  recorded.commit_last = recorded.position + 300;
  recorded.chain = 99'000;
  recorded.stream_level = Visibility::restricted;
  return recorded;
}

template <class T>
Recorded random_with(Random& random) {
  Recorded recorded;
  random.fill(recorded.event);
  random.fill(recorded.event.payload.emplace<T>());
  random.fill(recorded.event.visibility);
  random.fill(recorded.recorded_by);
  random.fill(recorded.stream_level);
  recorded.position = random.number();
  recorded.revision = random.number();
  recorded.recorded_at = random.instant();
  recorded.earliest = random.instant();
  recorded.latest = random.instant();
  if (random.number() % 2 == 0) recorded.deadline = random.instant();
  recorded.local_month = static_cast<std::uint32_t>(random.number());
  recorded.commit_first = random.number();
  recorded.commit_last = random.number();
  recorded.chain = random.number();
  return recorded;
}

}  // namespace

std::vector<Recorded> full_of_each_type(std::uint32_t version) {
  std::vector<Recorded> all;
  for_each_type([&]<class T>() { all.push_back(full_with<T>(version)); });
  return all;
}

Recorded full(std::string_view type) {
  for (Recorded& recorded : full_of_each_type(RecordReader::newest)) {
    if (recorded.event.type() == type) return std::move(recorded);
  }
  throw std::invalid_argument(std::string(type));
}

std::vector<Recorded> random_of_each_type(Random& random) {
  std::vector<Recorded> all;
  for_each_type([&]<class T>() { all.push_back(random_with<T>(random)); });
  return all;
}

bool same(const Recorded& a, const Recorded& b) {
  const auto all = [](const Recorded& r) {
    return std::tie(r.event, r.position, r.revision, r.recorded_at, r.earliest, r.latest, r.recorded_by, r.deadline,
                    r.local_month, r.commit_first, r.commit_last, r.chain, r.stream_level);
  };
  return all(a) == all(b);
}

}  // namespace chancery::samples
