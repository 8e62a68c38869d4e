#pragma once

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "core/json/kinds.hpp"
#include "core/json/write_fields.hpp"
#include "core/occurred.hpp"
#include "projections/view.hpp"

/// From three pure functions to a View.
namespace chancery {

/// The rule of time-and-views.md, "A projection is three pure functions", step by step. Invariants: `state_` is the state after the
/// last step; `open_` tells the steps of the instant under way; `shown_` is the state of the last row made.
template <Projection P>
class TypedFolder final : public Folder {
 public:
  using State = typename P::State;

  TypedFolder(std::string_view key, std::optional<State> before) : key_(key), state_(before), shown_(std::move(before)) {}

  void advance(Instant instant) override {
    if constexpr (Lapsing<P>) {
      while (state_) {
        std::optional<Lapse<State>> lapse = P::lapse(*state_);
        if (!lapse || lapse->at > instant) return;
        begin(open_ ? std::max(lapse->at, open_->instant) : lapse->at);
        state_ = std::move(lapse->state);
      }
    }
  }

  void fold(const SeenEvent& event) override {
    const Recorded& recorded = event.recorded();
    advance(recorded.earliest);
    begin(recorded.earliest);
    state_ = P::apply(key_, state_, event);
    open_->because.push_back(recorded.position);
    open_->latest = std::max(open_->latest, recorded.latest);
    open_->qualified = open_->qualified || carries_qualifier(recorded.event.occurred);
  }

  void finish() override {
    advance(Instant::max());
    close();
  }

  std::optional<std::string> state() const override {
    if (!state_) return std::nullopt;
    std::string bytes;
    encode_value(bytes, *state_);
    return bytes;
  }

  std::vector<FoldedRow> rows() override {
    close();
    return std::move(rows_);
  }

 private:
  struct Open {
    Instant instant;
    std::vector<Position> because;
    Instant latest = Instant::min();
    bool qualified = false;
  };

  void begin(Instant instant) {
    if (open_ && open_->instant == instant) return;
    assert(!open_ || open_->instant < instant);
    close();
    open_ = Open{instant, {}, Instant::min(), false};
  }

  void close() {
    if (!open_) return;
    if (state_ != shown_) {
      FoldedRow row{open_->instant, open_->instant, std::move(open_->because), {}};
      if (!row.because.empty()) row.certain_from = open_->qualified ? std::nullopt : std::optional(open_->latest);
      encode_value(row.state, *state_);
      rows_.push_back(std::move(row));
      shown_ = state_;
    }
    open_.reset();
  }

  std::string key_;
  std::optional<State> state_, shown_;
  std::optional<Open> open_;
  std::vector<FoldedRow> rows_;
};

template <Projection P>
class TypedView final : public View {
 public:
  using State = typename P::State;

  std::string_view name() const override { return P::name; }
  std::uint32_t version() const override { return P::version; }
  bool follows_links() const override { return FollowsLinks<P>; }

  std::vector<std::string> keys(const SeenEvent& event) const override {
    KeySink sink;
    P::keys(event, sink);
    return sink.keys();
  }

  std::unique_ptr<Folder> folder(std::string_view key, const std::optional<std::string>& before) const override {
    std::optional<State> state;
    if (before) state = value_or_throw(decode_value<State>(*before));
    return std::make_unique<TypedFolder<P>>(key, std::move(state));
  }

  std::vector<StatePath> paths() const override {
    std::vector<StatePath> all;
    add_paths<State>("", "", all);
    return all;
  }

  void write_state(std::string& out, std::string_view state) const override {
    write_json(out, value_or_throw(decode_value<State>(state)));
  }

 private:
  /// Those of a T that lies at `at`, as write_json shows it.
  template <class T>
  static void add_paths(const std::string& at, std::string_view description, std::vector<StatePath>& all) {
    if constexpr (json_detail::is_optional<T>) {
      add_paths<typename T::value_type>(at, description, all);
    } else if constexpr (json_detail::is_variant<T>) {
      [&]<class... Each>(const std::variant<Each...>*) { (add_paths<Each>(at, description, all), ...); }(static_cast<const T*>(nullptr));
    } else {
      if (!at.empty()) add_path({at, kind_of<T>(), words_of<T>(), description}, all);
      if constexpr (std::same_as<T, Range>) {
        add_paths<std::uint64_t>(at + ".low", "at least", all);
        add_paths<std::uint64_t>(at + ".high", "at most; null: nobody knows", all);
      } else if constexpr (HasFields<T>) {
        for_each_field<T>([&](const auto& field) {
          using Member = std::decay_t<decltype(std::declval<T>().*field.member)>;
          add_paths<Member>(at.empty() ? std::string(field.name) : fmt::format("{}.{}", at, field.name), field.description, all);
        });
      } else if constexpr (std::same_as<T, Json> || json_detail::Map<T>) {
        add_path({at + ".*"}, all);
      }
    }
  }

  /// The alternatives of a variant may share a field.
  static void add_path(StatePath path, std::vector<StatePath>& all) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const StatePath& known) { return known.path == path.path; });
    if (same == all.end()) return all.push_back(std::move(path));
    if (same->kind != path.kind || same->words.data() != path.words.data()) *same = {path.path, StateKind::any, {}, same->description};
  }

  template <class T>
  static constexpr StateKind kind_of() {
    if constexpr (HasWords<T>) return StateKind::word;
    else if constexpr (std::same_as<T, bool>) return StateKind::truth;
    else if constexpr (std::integral<T> || std::same_as<T, Decimal>) return StateKind::number;
    else if constexpr (json_detail::is_name<T> || std::convertible_to<T, std::string_view> || std::same_as<T, Instant>) return StateKind::text;
    else if constexpr (std::same_as<T, Range> || (HasFields<T> && !also_text<T>) || std::same_as<T, Json> || json_detail::Map<T>) return StateKind::object;
    else if constexpr (json_detail::List<T>) return kind_of<typename T::value_type>() == StateKind::object ? StateKind::list_of_objects : StateKind::list;
    else return StateKind::any;
  }

  template <class T>
  static constexpr std::span<const std::string_view> words_of() {
    if constexpr (HasWords<T>) return Words<T>::list;
    else return {};
  }
};

}  // namespace chancery
