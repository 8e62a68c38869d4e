#include "storage/door.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/data_links.hpp"

namespace chancery {
namespace {

constexpr std::chrono::years given_ahead_max{10};

/// The event that a record.* is about.
const Id* named_by(const Event& event) {
  if (event.retracts) return &*event.retracts;
  if (event.supports) return &*event.supports;
  return nullptr;
}

/// The letter whose id gives a delivery or an answer its stream.
const Id* letter_of(const Event& event) {
  if (const auto* delivered = event.as<LetterDelivered>()) return &delivered->letter;
  if (const auto* answered = event.as<LetterAnswered>()) return &answered->letter;
  return nullptr;
}

/// The event with the stream that the ledger gives it, if it has none of its own.
Event with_stream(Event event, const Known& known) {
  if (const Id* named = named_by(event); event.stream.empty() && named != nullptr) {
    if (const auto target = known.find(*named)) event.stream = known.standing(*target).stream;
  }
  return event;
}

bool same_as(Position position, const Given& given, const Known& known) {
  return given.event.stream.empty() ? known.same_content(position, with_stream(given.event, known))
                                    : known.same_content(position, given.event);
}

/// Checks one event's links and gathers them.
class Linking {
 public:
  Linking(const Event& event, const Known& known) : event_(event), known_(known) {}

  Result<Admission> admitted() {
    admission_.fresh = true;
    admission_.position = known_.last() + 1;
    admission_.chain = admission_.position;
    admission_.stream = event_.stream;
    gather();
    if (event_.corrects && !error_) check_corrects(*event_.corrects);
    if (event_.retracts && !error_) check_retracts(*event_.retracts);
    if (error_) return Failure(*error_);
    take_stream();
    admission_.revision = known_.next_revision(admission_.stream);
    return std::move(admission_);
  }

 private:
  void gather() {
    for (std::size_t i = 0; i < event_.because_of.size(); ++i) {
      link(Relation::answers, "because_of", event_.because_of[i], static_cast<int>(i));
    }
    for (std::size_t i = 0; i < event_.disputes.size(); ++i) {
      link(Relation::disputes, "disputes", event_.disputes[i], static_cast<int>(i));
    }
    if (event_.corrects) link(Relation::corrects, "corrects", *event_.corrects);
    if (event_.retracts) link(Relation::retracts, "retracts", *event_.retracts);
    if (event_.supports) link(Relation::supports, "supports", *event_.supports);
    for (const DataLink& named : data_links(event_.payload)) link(Relation::mentions, named.field, *named.id);
  }

  void link(Relation relation, std::string_view field, const Id& id, int place = -1) {
    if (error_) return;
    const std::optional<Position> target = known_.find(id);
    if (!target) {
      error_ = Error{ErrorKind::refused, place < 0 ? std::string(field) : fmt::format("{}[{}]", field, place),
                     quoted(id.text) + ", which is neither in the ledger nor on an earlier line", "the id of an earlier event"};
      return;
    }
    add({relation, *target});
  }

  void add(LinkTo link) {
    if (std::find(admission_.links.begin(), admission_.links.end(), link) == admission_.links.end()) {
      admission_.links.push_back(link);
    }
  }

  Position target_of(Relation relation) const {
    return std::find_if(admission_.links.begin(), admission_.links.end(),
                        [&](const LinkTo& link) { return link.relation == relation; })->target;
  }

  void check_corrects(const Id& id) {
    const Position target = target_of(Relation::corrects);
    const Standing standing = known_.standing(target);
    if (standing.about_record) {
      error_ = Error{ErrorKind::refused, "corrects", quoted(id.text) + ", which is a record.*",
                     "an action that is live; a retraction cannot be corrected, only retracted"};
      return;
    }
    check_live("corrects", id, target, standing.chain);
    admission_.chain = standing.chain;
    add({Relation::chain, standing.chain});
  }

  void check_retracts(const Id& id) {
    const Position target = target_of(Relation::retracts);
    const Standing standing = known_.standing(target);
    if (!standing.about_record) return check_live("retracts", id, target, standing.chain);
    if (const auto by = withdrawn_by(known_, target, {known_.last()})) {
      error_ = Error{ErrorKind::conflict, "retracts", quoted(id.text) + ", which no longer stands",
                     fmt::format("what still stands; it was withdrawn by {}", name(*by))};
    }
  }

  void check_live(std::string_view field, const Id& id, Position target, Position chain) {
    const Sight sight{known_.last()};
    const std::optional<Position> live = live_of_chain(known_, chain, sight);
    if (live == target) return;
    const std::string allowed =
        live ? fmt::format("{}, the live event of its chain", name(*live))
             : fmt::format("an event that is live; it was withdrawn by {}", name(withdrawn_by(known_, target, sight).value_or(0)));
    error_ = Error{ErrorKind::conflict, std::string(field), quoted(id.text) + ", which is not live", allowed};
  }

  /// Where the stream's name comes from another event, who may not see that event must not see the name.
  void take_stream() {
    if (const Id* named = named_by(event_); named != nullptr && event_.about_record()) {
      const Standing target = known_.standing(target_of(event_.retracts ? Relation::retracts : Relation::supports));
      if (admission_.stream.empty()) admission_.stream = target.stream;
      if (admission_.stream == target.stream) admission_.stream_level = std::max(target.level, target.stream_level);
    } else if (const Id* letter = letter_of(event_); letter != nullptr && admission_.stream == letter->text) {
      admission_.stream_level = known_.level_of(*known_.find(*letter));
    }
  }

  std::string name(Position position) const { return quoted(known_.standing(position).id); }

  const Event& event_;
  const Known& known_;
  Admission admission_;
  std::optional<Error> error_;
};

}  // namespace

Result<Admission> admit(const Given& given, const Known& known) {
  if (const auto position = known.find(given.event.id)) {
    if (!same_as(*position, given, known)) {
      return failure(ErrorKind::conflict, "id", fmt::format("{}, which position {} has with other content",
                                                            quoted(given.event.id.text), *position),
                     "the same content again, or an id that is not in the ledger");
    }
    Admission admission;
    Standing standing = known.standing(*position);
    admission.position = *position;
    admission.stream = std::move(standing.stream);
    admission.revision = standing.revision;
    return admission;
  }
  return Linking(given.event, known).admitted();
}

Result<void> check_given_instant(Instant given, Instant last, Instant now) {
  if (given <= last) {
    return refused("recorded_at", format_instant(given), "later than " + format_instant(last) + ", when the last commit was recorded");
  }
  if (given > now + given_ahead_max) {
    return refused("recorded_at", format_instant(given), "at most ten years after " + format_instant(now) + ", which it is now");
  }
  return {};
}

std::optional<Position> known_already(const Given& given, const Known& known) {
  const std::optional<Position> position = known.find(given.event.id);
  return position && same_as(*position, given, known) ? position : std::nullopt;
}

}  // namespace chancery
