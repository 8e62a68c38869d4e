#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "core/json/event_json.hpp"
#include "core/json/write_fields.hpp"
#include "core/occurred.hpp"
#include "core/record/value.hpp"
#include "projections/projection.hpp"

/// Small stories folded into one view's states, without a ledger: what a view's tests need and no more.
namespace chancery::testing {

/// One line: `data` and `more` are members without their braces.
inline std::string event(std::string_view type, std::string_view occurred, std::string_view data,
                         std::string_view more = "") {
  std::string line = R"({"type":")";
  line.append(type).append(R"(","occurred":")").append(occurred).append(R"(","data":{)").append(data).append("}");
  if (!more.empty()) line.append(",").append(more);
  return line.append("}");
}

/// Events in order of position, from 1, as a reader of `level` is told them. Nothing in it is retracted.
class Story {
 public:
  explicit Story(const std::vector<std::string>& lines, Visibility level = Visibility::restricted) : level_(level) {
    EventReader reader;
    for (const std::string& line : lines) add(reader.read(line));
  }

  const Recorded& operator[](std::size_t index) const { return events_[index]; }
  std::size_t size() const { return events_.size(); }
  bool seen(const Recorded& recorded) const { return recorded.event.level() <= level_; }

  /// The event that a link names; null if there is none.
  const Recorded* find(const Id& id) const {
    const auto found =
        std::find_if(events_.begin(), events_.end(), [&](const Recorded& each) { return each.event.id == id; });
    return found == events_.end() ? nullptr : &*found;
  }

  /// Of the chain of `recorded`, the first event that is seen.
  const Recorded& first_seen(const Recorded& recorded) const {
    const auto first = std::find_if(events_.begin(), events_.end(),
                                    [&](const Recorded& each) { return each.chain == recorded.chain && seen(each); });
    return first == events_.end() ? throw std::logic_error("a chain that nobody sees") : *first;
  }

  /// The live events in fold order.
  std::vector<const Recorded*> live() const {
    std::vector<const Recorded*> live;
    for (const Recorded& recorded : events_) {
      if (!seen(recorded)) continue;
      std::erase_if(live, [&](const Recorded* each) { return each->chain == recorded.chain; });
      live.push_back(&recorded);
    }
    std::sort(live.begin(), live.end(), [&](const Recorded* a, const Recorded* b) {
      return std::pair(a->earliest, first_seen(*a).position) < std::pair(b->earliest, first_seen(*b).position);
    });
    return live;
  }

 private:
  void add(Result<Given> given) {
    if (!given) throw std::invalid_argument(given.error().message());
    Recorded recorded;
    recorded.event = std::move(given->event);
    recorded.earliest = given->earliest;
    recorded.latest = given->latest;
    recorded.deadline = given->deadline;
    recorded.local_month = given->local_month;
    recorded.position = recorded.chain = events_.size() + 1;
    if (recorded.event.corrects) recorded.chain = find(*recorded.event.corrects)->chain;
    events_.push_back(std::move(recorded));
  }

  std::vector<Recorded> events_;
  Visibility level_;
};

class Told final : public SeenEvent {
 public:
  Told(const Story& story, const Recorded& recorded) : story_(story), recorded_(recorded) {}
  const Recorded& recorded() const override { return recorded_; }
  std::string chain_id() const override { return story_.first_seen(recorded_).event.id.text; }
  std::optional<std::string> chain_id_of(const Id& id) const override {
    const Recorded* named = story_.find(id);
    if (!named || !story_.seen(*named)) return std::nullopt;
    return story_.first_seen(*named).event.id.text;
  }

 private:
  const Story& story_;
  const Recorded& recorded_;
};

/// The keys of the story's last event.
template <Projection P>
std::vector<std::string> keys(const Story& story) {
  KeySink sink;
  P::keys(Told(story, story[story.size() - 1]), sink);
  return sink.keys();
}

template <Projection P>
std::vector<std::string> keys(const std::string& line) {
  return keys<P>(Story({line}));
}

/// The state of `key` at the last instant that `at`, a date or time in UTC, means.
template <Projection P>
std::optional<typename P::State> state_at(const Story& story, std::string_view key, std::string_view at) {
  const Instant end = resolve_occurred("at", at, "UTC").value().latest;
  std::optional<typename P::State> state;
  const auto lapse_until = [&]([[maybe_unused]] Instant instant) {
    if constexpr (Lapsing<P>) {
      for (auto lapse = P::lapse(*state); lapse && lapse->at <= instant; lapse = P::lapse(*state)) state = lapse->state;
    }
  };
  for (const Recorded* recorded : story.live()) {
    if (recorded->earliest > end) break;
    const Told told(story, *recorded);
    KeySink sink;
    P::keys(told, sink);
    if (std::find(sink.keys().begin(), sink.keys().end(), key) == sink.keys().end()) continue;
    if (state) lapse_until(recorded->earliest);
    state = P::apply(key, state, told);
  }
  if (state) lapse_until(end);
  return state;
}

/// A state as people see it, after it was stored.
class Shown {
 public:
  explicit Shown(std::string json) : text(std::move(json)), value_(boost::json::parse(text)) {}

  /// A field by its dotted path: text as it is, else JSON; "(absent)" where there is none.
  std::string operator[](std::string_view path) const {
    const boost::json::value* here = &value_;
    while (here && !path.empty()) {
      const std::string_view name = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(path.size(), name.size() + 1));
      const boost::json::object* object = here->if_object();
      here = object ? object->if_contains(name) : nullptr;
    }
    if (!here) return "(absent)";
    return here->is_string() ? std::string(here->get_string()) : boost::json::serialize(*here);
  }

  std::string text;

 private:
  boost::json::value value_;
};

template <Projection P>
Shown at(std::string_view instant, std::string_view key, const Story& story) {
  const auto state = state_at<P>(story, key, instant);
  if (!state) return Shown("null");
  std::string bytes, json;
  encode_value(bytes, *state);
  const auto stored = decode_value<typename P::State>(bytes);
  REQUIRE(stored);
  REQUIRE(*stored == *state);
  write_json(json, *stored);
  return Shown(json);
}

using Keys = std::vector<std::string>;

}  // namespace chancery::testing
