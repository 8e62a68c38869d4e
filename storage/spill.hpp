#pragma once

#include "storage/database.hpp"
#include "storage/door.hpp"

namespace chancery {

/// Standings, ids, links and streams on a disk, for a rehearsal that outgrows memory. Goes with its folder's owner; one thread.
/// Keys are those of storage/keys.hpp; a record is a digest and a Standing. Throws MachineFailure.
class Spill {
 public:
  using Digest = std::array<std::uint8_t, 16>;
  explicit Spill(const std::filesystem::path& folder);

  void put(Position position, const Standing& standing, const Digest& digest, const std::vector<LinkTo>& links);
  /// Makes what was put visible. Called after a run of put().
  void write();

  std::optional<Position> find(const Id& id) const;
  Standing standing(Position position) const;
  Digest digest(Position position) const;
  std::optional<std::uint64_t> next_revision(std::string_view stream) const;
  void append_links(std::vector<Link>& links, Relation relation, Position target) const;

 private:
  std::optional<std::string> get(std::string_view key) const;

  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteBatch batch_;
};

}  // namespace chancery
