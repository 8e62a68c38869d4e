#include "projections/views/relations.hpp"

#include <cassert>
#include <limits>

#include "core/digits.hpp"
#include "projections/views/sets.hpp"

namespace chancery {
namespace {

/// The type's default, each part replaced by what the event's own coding gives. 0: none.
std::uint64_t quad_of(const Event& event) {
  if (event.coding && event.coding->quad) return *event.coding->quad;
  return static_cast<std::uint64_t>(default_coding(event.payload).quad);
}

std::int64_t tenths_of(const Event& event) {
  if (event.coding && event.coding->goldstein) return tenths(*event.coding->goldstein);
  const std::string_view usual = default_coding(event.payload).goldstein;
  return usual.empty() ? 0 : tenths({std::string(usual)});
}

std::vector<Party> states(const std::vector<Role>& roles) {
  std::vector<Party> parties;
  for (const Role& role : roles) {
    if (kind_of(role.principal()) == "state") parties.push_back(role.principal());
  }
  return sorted_set(std::move(parties));
}

std::string month_text(std::uint32_t local_month) {
  std::string text;
  append_year(text, std::chrono::year(static_cast<int>(local_month / 12)));
  text += '-';
  append_digits(text, static_cast<int>(local_month % 12) + 1, 2);
  return text;
}

std::uint64_t& count_of(Relations::State& state, std::uint64_t quad) {
  switch (quad) {
    case 1:
      return state.verbal_cooperation;
    case 2:
      return state.material_cooperation;
    case 3:
      return state.verbal_conflict;
    default:
      assert(quad == 4);
      return state.material_conflict;
  }
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  using Limits = std::numeric_limits<std::int64_t>;
  std::int64_t result = 0;
  if (!__builtin_add_overflow(a, b, &result)) return result;
  return b < 0 ? Limits::min() : Limits::max();
}

}  // namespace

void Relations::keys(const SeenEvent& event, KeySink& sink) {
  if (event.event().about_record() || quad_of(event.event()) == 0) return;
  const std::vector<Party> recipients = states(event.event().recipient);
  const std::string month = month_text(event.recorded().local_month);
  for (const Party& from : states(event.event().actor)) {
    for (const Party& to : recipients) {
      if (from != to) sink.add(from.text + '>' + to.text + '/' + month);
    }
  }
}

Relations::State Relations::apply(std::string_view key, const std::optional<State>& before, const SeenEvent& event) {
  State state = before.value_or(State{});
  const std::size_t arrow = key.find('>'), slash = key.find('/');
  assert(arrow < slash && slash != std::string_view::npos);
  state.from.text = key.substr(0, arrow);
  state.to.text = key.substr(arrow + 1, slash - arrow - 1);
  state.month = key.substr(slash + 1);
  ++state.events;
  ++count_of(state, quad_of(event.event()));
  state.goldstein_tenths = sum(state.goldstein_tenths, tenths_of(event.event()));
  return state;
}

}  // namespace chancery
