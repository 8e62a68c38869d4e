#pragma once

#include <atomic>

#include "storage/database.hpp"
#include "storage/log.hpp"

namespace chancery {

/// The log as it lies in a database, up to the position that was published last.
class LogReader final : public Log {
 public:
  LogReader(const LogDatabase& database, Position last) : database_(database), last_(last) {}

  /// Lets readers see what is on the disk up to `last`, the end of a commit.
  void publish(Position last) { last_.store(last, std::memory_order_release); }

  Position last() const override { return last_.load(std::memory_order_acquire); }
  Result<Recorded> at(Position position) const override;
  Result<RecordHead> head_at(Position position) const override;
  Result<std::optional<Position>> find(const Id& id) const override;
  Result<void> read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override;
  Result<void> read_backward(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override;
  std::vector<Link> links_to(Relation relation, Position target) const override;
  Visibility level_of(Position position) const override;

  /// The revision that the next event of a stream gets: how many it has. Cost: a look at a filter if it has none.
  std::uint64_t next_revision(std::string_view stream) const;
  /// The position of a revision that is there.
  Position position_of(std::string_view stream, std::uint64_t revision) const;

 private:
  Result<void> read_each(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const;
  template <class Decode>
  auto get(Position position, Decode decode) const -> decltype(decode(position, std::string_view()));

  const LogDatabase& database_;
  std::atomic<Position> last_;
};

/// The last position in a database's log, published or not; 0 if it is empty.
Result<Position> last_in(const LogDatabase& database);

}  // namespace chancery
