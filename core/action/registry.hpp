#pragma once

#include <variant>

#include "core/action/commitments.hpp"
#include "core/action/knowledge.hpp"
#include "core/action/missions.hpp"
#include "core/action/prisoners.hpp"
#include "core/action/sanctions.hpp"
#include "core/action/talks.hpp"

/// Every type of event, in the order of events.md. Adding one: its struct in a family above, and its name here.
/// `code` is what records hold: never used again for another type.
namespace chancery {

using Payload =
    std::variant<LetterSent, LetterDelivered, LetterAnswered, CallHeld, MeetingHeld, StatementMade, AppealMade,
                 NegotiationOpened, AgreementReached, CommitmentMade, CommitmentFulfilled, CommitmentBroken,
                 CommitmentWithdrawn, PrisonersDetained, PrisonersReleased, PrisonersEstimated, PrisonerReported,
                 FlightFlown, SanctionImposed, SanctionAmended, SanctionEased, SanctionLifted, MissionOpened,
                 MissionSuspended, MissionClosed, EnvoyAppointed, EnvoyRecalled, EnvoyExpelled, PartyDescribed,
                 ListObserved, ActionObserved, RecordRetracted, RecordSourced>;


/// Calls `visit.template operator()<T>()` for each type of payload, in order.
template <class Visit, std::size_t I = 0>
constexpr void for_each_type(Visit&& visit) {
  if constexpr (I < std::variant_size_v<Payload>) {
    visit.template operator()<std::variant_alternative_t<I, Payload>>();
    for_each_type<Visit, I + 1>(std::forward<Visit>(visit));
  }
}

/// "prisoners.released" and the like.
inline std::string_view type_of(const Payload& payload) {
  return std::visit([](const auto& data) { return std::decay_t<decltype(data)>::type; }, payload);
}

inline DefaultCoding default_coding(const Payload& payload) {
  return std::visit([](const auto& data) { return DefaultCoding(std::decay_t<decltype(data)>::coding); }, payload);
}

}  // namespace chancery
