#include "storage/index.hpp"

#include <algorithm>

#include "storage/keys.hpp"
#include "storage/parties.hpp"

namespace chancery {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

void post(WritableStore& store, std::string& key, Kind kind, std::string_view value, Position position) {
  key.assign(1, static_cast<char>(kind));
  key += value;
  key += '\0';
  append_big_endian(key, position);
  store.put(key, {});
}

}  // namespace

std::string posting_prefix(Kind kind, std::string_view value) {
  std::string key(1, static_cast<char>(kind));
  key += value;
  key += '\0';
  return key;
}

std::string time_key(Instant earliest, Position position) {
  std::string key(1, keys::time_tag);
  append_big_endian(key, static_cast<std::uint64_t>(earliest.time_since_epoch().count()) ^ sign_bit);
  append_big_endian(key, position);
  return key;
}

Instant time_of(std::string_view key) {
  return Instant(std::chrono::microseconds(static_cast<std::int64_t>(big_endian_at<std::uint64_t>(key, 1) ^ sign_bit)));
}

void Index::follow(const EventBatch& batch, const Log& /*log*/, WritableStore& store) {
  std::string key;
  std::vector<std::string> parties;
  for (const Recorded& recorded : batch.events) {
    const Event& event = recorded.event;
    const Position position = recorded.position;
    post(store, key, Kind::type, event.type(), position);
    parties.clear();
    for_each_party(event, [&](std::string_view party) {
      if (std::find(parties.begin(), parties.end(), party) == parties.end()) parties.emplace_back(party);
    });
    for (const std::string& party : parties) post(store, key, Kind::party, party, position);
    for (const std::string& tag : event.tags) post(store, key, Kind::tag, tag, position);
    if (const std::string_view measure = measure_of(event.payload); !measure.empty()) {
      post(store, key, Kind::measure, measure, position);
    }
    if (recorded.stream_level != Visibility::public_) {
      const char level = static_cast<char>(recorded.stream_level);
      post(store, key, Kind::hidden_stream, {&level, 1}, position);
    }
    if (!event.about_record()) store.put(time_key(recorded.earliest, position), {});
  }
}

}  // namespace chancery
