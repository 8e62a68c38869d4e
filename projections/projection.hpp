#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/record/value.hpp"

/// What a view is: pure functions of events. Upkeep, both times, history, diff and rebuild are the engine's (time-and-views.md).
namespace chancery {

/// An event as a reader of one level sees it.
class SeenEvent {
 public:
  virtual ~SeenEvent() = default;
  /// What was recorded. Ids in its `data` may name events this reader does not see: ask sees().
  virtual const Recorded& recorded() const = 0;
  /// The id of the first event of its chain that the reader sees.
  virtual std::string chain_id() const = 0;
  /// The same for the chain of the event that `id` names; nothing where the reader does not see that event.
  virtual std::optional<std::string> chain_id_of(const Id& id) const = 0;
  bool sees(const Id& id) const { return chain_id_of(id).has_value(); }

  const Event& event() const { return recorded().event; }
  template <class T>
  const T* as() const {
    return event().as<T>();
  }
};

/// The keys of one event in one view; a key given twice counts once. A key is UTF-8 without U+0000.
class KeySink {
 public:
  void add(std::string key);
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  std::vector<std::string> keys_;
};

/// What a state becomes by itself, and when.
template <class State>
struct Lapse {
  Instant at;
  State state;
};

/// A view. State is a struct with `fields()` (or a std::variant of such): that one list is how it is stored, shown, searched and turned to
/// CSV. Equal states are equal values; a state has no hidden part: apply depends on nothing else.
template <class P>
concept Projection = requires(const SeenEvent& event, KeySink& sink, std::string_view key,
                              const std::optional<typename P::State>& before) {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::version } -> std::convertible_to<std::uint32_t>;  // another number rebuilds what is stored
  P::keys(event, sink);
  { P::apply(key, before, event) } -> std::same_as<typename P::State>;
};

/// A view whose states can run out: the earliest instant at which `state` changes by itself and what it is then, or nothing.
template <class P>
concept Lapsing = Projection<P> && requires(const typename P::State& state) {
  { P::lapse(state) } -> std::same_as<std::optional<Lapse<typename P::State>>>;
};

/// A view whose keys or states depend on what the reader sees of other events (P::follows_links is true).
template <class P>
concept FollowsLinks = Projection<P> && requires { requires P::follows_links; };

}  // namespace chancery
