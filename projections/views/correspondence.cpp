#include "projections/views/correspondence.hpp"

#include <algorithm>
#include <cassert>

#include "projections/views/status.hpp"

namespace chancery {
namespace {

/// A letter does not become undelivered or unanswered by a later event.
void reach(Correspondence::State& state, const std::optional<Correspondence::State>& before, LetterStatus status,
           const SeenEvent& event) {
  take_status(state, before, before ? std::max(before->status, status) : status, event.event().occurred);
}

}  // namespace

void Correspondence::keys(const SeenEvent& event, KeySink& sink) {
  std::optional<std::string> key;
  if (event.as<LetterSent>()) key = event.chain_id();
  if (const auto* delivered = event.as<LetterDelivered>()) key = event.chain_id_of(delivered->letter);
  if (const auto* answered = event.as<LetterAnswered>()) key = event.chain_id_of(answered->letter);
  if (key) sink.add(*std::move(key));
}

Correspondence::State Correspondence::apply(std::string_view key, const std::optional<State>& before,
                                            const SeenEvent& event) {
  State state = before.value_or(State{});
  state.letter.text = key;
  if (const auto* sent = event.as<LetterSent>()) {
    state.from = sent->from;
    state.to = sent->to;
    state.medium = sent->medium;
    state.asks = sent->asks;
    state.carried_by = sent->carried_by;
    reach(state, before, LetterStatus::sent, event);
  } else if (const auto* delivered = event.as<LetterDelivered>()) {
    state.delivered_by = delivered->by;
    reach(state, before, LetterStatus::delivered, event);
  } else {
    const auto* answered = event.as<LetterAnswered>();
    assert(answered);
    state.answered_with = answered->with && event.sees(*answered->with) ? answered->with : std::nullopt;
    reach(state, before, LetterStatus::answered, event);
  }
  return state;
}

}  // namespace chancery
