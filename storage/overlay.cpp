#include "storage/overlay.hpp"

#include "storage/spill.hpp"

namespace chancery {
namespace {

// What an event costs in the maps beside its texts, measured about: nodes, buckets, heap headers.
constexpr std::size_t bytes_an_event = 360, bytes_a_link = 120;

std::uint64_t link_key(Relation relation, Position target) { return static_cast<std::uint64_t>(relation) << 56U | target; }

}  // namespace

Overlay::Overlay(const LogReader& log, Revisions revisions) : log_(log), revisions_(std::move(revisions)), base_(log.last()) {}
Overlay::~Overlay() = default;

void Overlay::reset() {
  base_ = log_.last();
  spilled_ = 0;
  bytes_ = 0;
  added_.clear();
  ids_.clear();
  streams_.clear();
  links_.clear();
  spill_.reset();
}

void Overlay::add(const Event& event, const Admission& admission, bool outlives) {
  Added fresh;
  fresh.id = &ids_.emplace(event.id.text, admission.position).first->first;
  const auto stream = streams_.insert_or_assign(admission.stream, admission.revision + 1);
  fresh.stream = &stream.first->first;
  if (outlives) {
    fresh.event = &event;
  } else {
    fresh.digest = content_digest(event);
  }
  fresh.revision = admission.revision;
  fresh.chain = admission.chain;
  fresh.level = event.level();
  fresh.stream_level = admission.stream_level;
  fresh.about_record = event.about_record();
  fresh.links = admission.links;
  for (const LinkTo& link : fresh.links) {
    links_[link_key(link.relation, link.target)].push_back({admission.position, fresh.level});
  }
  added_.push_back(std::move(fresh));
  bytes_ += bytes_an_event + 2 * event.id.text.size() + admission.links.size() * bytes_a_link +
            (stream.second ? admission.stream.size() + bytes_a_link : 0);
}

void Overlay::roll_back(Position last) {
  while (this->last() > last) {
    const Added& added = added_.back();
    for (const LinkTo& link : added.links) {
      const auto found = links_.find(link_key(link.relation, link.target));
      found->second.pop_back();
      if (found->second.empty()) links_.erase(found);
    }
    streams_[*added.stream] = added.revision;
    ids_.erase(ids_.find(*added.id));
    added_.pop_back();
  }
}

const Event* Overlay::waiting(Position position) const { return in_memory(position) ? added(position).event : nullptr; }

void Overlay::spill(const std::filesystem::path& folder) {
  if (!spill_) spill_ = std::make_unique<Spill>(folder);
  for (Position position = base_ + spilled_ + 1; position <= last(); ++position) {
    const Added& one = added(position);
    spill_->put(position, standing_of(one), one.event != nullptr ? content_digest(*one.event) : one.digest, one.links);
  }
  spill_->write();
  spilled_ += added_.size();
  bytes_ = 0;
  added_ = {};
  ids_ = {};
  streams_ = {};
  links_ = {};
}

Standing Overlay::standing_of(const Added& added) const {
  return {*added.id, *added.stream, added.revision, added.chain, added.level, added.stream_level, added.about_record};
}

std::optional<Position> Overlay::find(const Id& id) const {
  if (const auto found = ids_.find(id.text); found != ids_.end()) return found->second;
  if (spill_) {
    if (const auto found = spill_->find(id)) return found;
  }
  const std::optional<Position> found = value_or_throw(log_.find(id));
  return found && in_ledger(*found) ? found : std::nullopt;  // the log may have grown since
}

Standing Overlay::standing(Position position) const {
  if (in_memory(position)) return standing_of(added(position));
  if (!in_ledger(position)) return spill_->standing(position);
  const Recorded recorded = value_or_throw(log_.at(position));
  return {recorded.event.id.text,       recorded.event.stream,  recorded.revision,
          recorded.chain,               recorded.event.level(), recorded.stream_level,
          recorded.event.about_record()};
}

bool Overlay::same_content(Position position, const Event& event) const {
  if (in_ledger(position)) return content_digest(value_or_throw(log_.at(position)).event) == content_digest(event);
  if (!in_memory(position)) return spill_->digest(position) == content_digest(event);
  const Added& one = added(position);
  return (one.event != nullptr ? content_digest(*one.event) : one.digest) == content_digest(event);
}

std::uint64_t Overlay::next_revision(std::string_view stream) const {
  if (const auto found = streams_.find(std::string(stream)); found != streams_.end()) return found->second;
  if (spill_) {
    if (const auto revision = spill_->next_revision(stream)) return *revision;
  }
  return revisions_ ? revisions_(stream) : log_.next_revision(stream);
}

std::vector<Link> Overlay::links_to(Relation relation, Position target) const {
  std::vector<Link> links;
  if (in_ledger(target)) {
    links = log_.links_to(relation, target);
    while (!links.empty() && !in_ledger(links.back().source)) links.pop_back();
  }
  if (spill_) spill_->append_links(links, relation, target);
  if (const auto found = links_.find(link_key(relation, target)); found != links_.end()) {
    links.insert(links.end(), found->second.begin(), found->second.end());
  }
  return links;
}

Visibility Overlay::level_of(Position position) const {
  if (in_memory(position)) return added(position).level;
  return in_ledger(position) ? log_.level_of(position) : spill_->standing(position).level;
}

}  // namespace chancery
