#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "storage/door.hpp"
#include "storage/log_reader.hpp"

namespace chancery {

class Spill;

/// A ledger and what has been admitted on top of it without being there yet. One thread.
class Overlay final : public Known {
 public:
  /// `revisions`, where given, answers for the ledger's streams instead of the log.
  using Revisions = std::function<std::uint64_t(std::string_view stream)>;
  explicit Overlay(const LogReader& log, Revisions revisions = {});
  ~Overlay() override;

  /// Forgets what was added and begins anew on what the log has now.
  void reset();
  /// The event that admit() has just admitted as fresh. Where `event` does not outlive the overlay, a digest of it is kept.
  void add(const Event& event, const Admission& admission, bool outlives);
  /// Takes back what was added after `last`, all of which is still in memory.
  void roll_back(Position last);
  /// Where an event that waits can be looked at: nothing unless it was added by one that outlives the overlay.
  const Event* waiting(Position position) const;
  /// What memory is used, about.
  std::size_t bytes() const { return bytes_; }
  /// Moves everything to a database in `folder`, and out of memory. Throws MachineFailure.
  void spill(const std::filesystem::path& folder);
  /// The streams that were added to, with their new next revisions.
  const std::unordered_map<std::string, std::uint64_t>& streams() const { return streams_; }

  Position last() const override { return base_ + spilled_ + added_.size(); }
  std::optional<Position> find(const Id& id) const override;
  Standing standing(Position position) const override;
  bool same_content(Position position, const Event& event) const override;
  std::uint64_t next_revision(std::string_view stream) const override;
  std::vector<Link> links_to(Relation relation, Position target) const override;
  Visibility level_of(Position position) const override;

 private:
  using Digest = std::array<std::uint8_t, 16>;
  struct Added {
    const std::string* id;      // a key of ids_
    const std::string* stream;  // a key of streams_
    const Event* event = nullptr;
    Digest digest{};
    std::uint64_t revision = 0;
    Position chain = 0;
    Visibility level{}, stream_level{};
    bool about_record = false;
    std::vector<LinkTo> links;
  };
  bool in_ledger(Position position) const { return position <= base_; }
  bool in_memory(Position position) const { return position > base_ + spilled_; }
  const Added& added(Position position) const { return added_[position - base_ - spilled_ - 1]; }
  Standing standing_of(const Added& added) const;

  const LogReader& log_;
  const Revisions revisions_;
  Position base_ = 0, spilled_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Added> added_;
  std::unordered_map<std::string, Position> ids_;
  std::unordered_map<std::string, std::uint64_t> streams_;
  std::unordered_map<std::uint64_t, std::vector<Link>> links_;  // by relation and target
  std::unique_ptr<Spill> spill_;
};

}  // namespace chancery
