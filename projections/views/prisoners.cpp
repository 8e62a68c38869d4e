#include "projections/views/prisoners.hpp"

#include <cassert>

#include "projections/views/sets.hpp"

namespace chancery {
namespace {

using Tally = Prisoners::Tally;
using Person = Prisoners::Person;

Range range(const Count& count) { return {count.low, count.high}; }

/// How many a detention or release is about: its count; only without one, those it names.
template <class Data>
Range how_many(const Data& data) {
  return data.count ? range(*data.count) : Range{data.persons.size(), data.persons.size()};
}

void grow(Range& range, const Range& by) {
  range.low += by.low;
  range.high = range.high && by.high ? std::optional(*range.high + *by.high) : std::nullopt;
}

std::uint64_t less(std::uint64_t number, std::uint64_t by) { return number > by ? number - by : 0; }

/// What is left for sure is what the most that can have gone leaves; what is left at most, what the fewest leave.
void shrink(Range& range, const Range& by) {
  range.low = by.high ? less(range.low, *by.high) : 0;
  if (range.high) range.high = less(*range.high, by.low);
}

void count(Tally& tally, const PrisonersDetained& data) {
  const Range number = how_many(data);
  grow(tally.held, number);
  grow(tally.total.detained, number);
  if (tally.since_estimate) grow(tally.since_estimate->detained, number);
}

void count(Tally& tally, const PrisonersReleased& data) {
  const Range number = how_many(data);
  shrink(tally.held, number);
  grow(tally.total.released, number);
  grow(tally.total.released_foreign, data.foreign ? range(*data.foreign) : Range{0, number.high});
  if (tally.since_estimate) grow(tally.since_estimate->released, number);
}

void count_death(Tally& tally) {
  shrink(tally.held, {1, 1});
  ++tally.total.died;
  if (tally.since_estimate) ++tally.since_estimate->died;
}

void count(Tally& tally, const PrisonersEstimated& data, Position position) {
  tally.held = range(data.count);
  tally.estimate = {data.count.low, data.count.high, data.claimed_by, position};
  tally.since_estimate.emplace();
}

Tally tally_after(std::string_view holder, const std::optional<Prisoners::State>& before, const SeenEvent& event) {
  Tally tally = before ? std::get<Tally>(*before) : Tally{};
  tally.holder.text = holder;
  if (const auto* detained = event.as<PrisonersDetained>()) {
    count(tally, *detained);
  } else if (const auto* released = event.as<PrisonersReleased>()) {
    count(tally, *released);
  } else if (const auto* estimated = event.as<PrisonersEstimated>()) {
    count(tally, *estimated, event.recorded().position);
  } else {
    assert(event.as<PrisonerReported>() && event.as<PrisonerReported>()->status == PrisonerStatus::died);
    count_death(tally);
  }
  return tally;
}

Person person_after(Person person, const std::optional<Prisoners::State>& before, const SeenEvent& event) {
  person.since = event.event().occurred;
  if (event.as<PrisonersDetained>()) {
    person.status = PrisonerStatus::held;
  } else if (const auto* released = event.as<PrisonersReleased>()) {
    person.status = PrisonerStatus::released;
    person.mode = released->mode;
    person.destination = released->destination;
  } else {
    const auto* reported = event.as<PrisonerReported>();
    assert(reported);
    if (before && std::get<Person>(*before).status == reported->status) return std::get<Person>(*before);
    person.status = reported->status;
  }
  return person;
}

/// The tally of the holder and, in order, the persons named.
template <class Data>
void add_keys(const Data& data, KeySink& sink) {
  sink.add(data.holder.text);
  for (const Party& person : sorted_set(data.persons)) sink.add(data.holder.text + '/' + person.text);
}

}  // namespace

void Prisoners::keys(const SeenEvent& event, KeySink& sink) {
  if (const auto* detained = event.as<PrisonersDetained>()) {
    add_keys(*detained, sink);
  } else if (const auto* released = event.as<PrisonersReleased>()) {
    add_keys(*released, sink);
  } else if (const auto* estimated = event.as<PrisonersEstimated>()) {
    sink.add(estimated->holder.text);
  } else if (const auto* reported = event.as<PrisonerReported>()) {
    if (reported->status == PrisonerStatus::died) sink.add(reported->holder.text);
    sink.add(reported->holder.text + '/' + reported->person.text);
  }
}

Prisoners::State Prisoners::apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event) {
  const std::size_t slash = key.find('/');  // no party has one
  if (slash == std::string_view::npos) return tally_after(key, before, event);
  Person person;
  person.holder.text = key.substr(0, slash);
  person.person.text = key.substr(slash + 1);
  return person_after(std::move(person), before, event);
}

}  // namespace chancery
