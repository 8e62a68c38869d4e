#pragma once

#include "storage/following.hpp"
#include "storage/index.hpp"
#include "storage/writer.hpp"

namespace chancery {

/// The ledger in a folder of this machine: a lock, its databases, what reads its log, what follows it and, where it may be written, what writes it.
class LedgerImpl final : public Ledger {
 public:
  /// The ledger in a folder that is prepared and locked.
  static Result<std::unique_ptr<LedgerImpl>> open(const std::filesystem::path& folder, const LedgerOptions& options, Access access);
  /// Commits what is queued, lets followers follow it and puts what they derived on the disk.
  ~LedgerImpl() override;

  /// Whether a reader finds everything there: followers at the end of the log, and the ledger's source.
  bool complete() const { return following_->complete() && !source_.empty(); }
  /// The lock under which the ledger is used, let go after everything else.
  void keep(FolderLock lock) { lock_.emplace(std::move(lock)); }

  Position last() const override { return reader_->last(); }
  Result<Recorded> at(Position position) const override { return reader_->at(position); }
  Result<RecordHead> head_at(Position position) const override { return reader_->head_at(position); }
  Result<std::optional<Position>> find(const Id& id) const override { return reader_->find(id); }
  Result<void> read(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    return reader_->read(from, to, visit);
  }
  Result<void> read_backward(Position from, Position to, const std::function<bool(Recorded&&)>& visit) const override {
    return reader_->read_backward(from, to, visit);
  }
  std::vector<Link> links_to(Relation relation, Position target) const override { return reader_->links_to(relation, target); }
  Visibility level_of(Position position) const override { return reader_->level_of(position); }

  Result<Appended> append(std::vector<Given> events, const Condition& condition) override;
  std::future<Result<Appended>> submit(std::vector<Given> events, const Condition& condition) override;
  void submit(std::vector<Given> events, const Condition& condition, WhenAppended appended) override;
  bool submit_here(std::vector<Given> events, const Condition& condition, WhenAppended appended) override;
  void commit_submitted() override;
  Result<void> select(const Filter& filter, Position from, Position to, bool newest_first,
                      const std::function<bool(Recorded&&)>& visit) const override;
  Result<void> select_by_occurred(const Filter& filter, const std::function<bool(Recorded&&)>& visit) const override;
  Result<Followed> followed(std::string_view follower, Position position) const override {
    return following_->followed(follower, position);
  }
  Result<void> settle() const override { return following_->settle(); }
  void follow_until(std::chrono::steady_clock::time_point end) override { following_->follow_until(end); }
  Result<void> rebuild(std::string_view follower, const std::function<void(Position, Position)>& progress) override;
  Result<void> keep(const std::vector<Kept>& changes) override;
  Result<std::vector<std::pair<std::string, std::string>>> kept(std::string_view prefix) const override;
  Result<Position> copy_to(const std::filesystem::path& directory) override;
  std::optional<Error> broken() const override;
  const std::string& source() const override { return source_; }
  std::vector<std::pair<std::string, std::uint64_t>> figures() const override;

  const LogReader& reader() const { return *reader_; }
  /// The recorded_at that the next commit must be later than.
  Instant last_recorded_at() const;
  Instant now() const { return clock_(); }

 private:
  LedgerImpl() = default;
  Result<void> open_databases(const std::filesystem::path& folder, rocksdb::Env* env, Access access);
  Result<void> find_source(const std::string& wanted, Access access);
  Result<void> start_writing(const std::filesystem::path& folder, const LedgerOptions& options);
  Result<std::optional<Position>> first_match(const Query& query, Position after) const;

  std::optional<FolderLock> lock_;
  std::unique_ptr<LogDatabase> log_;
  std::unique_ptr<DerivedDatabase> derived_;
  std::unique_ptr<LogReader> reader_;
  Index index_;
  std::unique_ptr<Following> following_;
  std::unique_ptr<Writer> writer_;  // none where the ledger is open for reading
  std::function<Instant()> clock_;
  std::string source_;
};

}  // namespace chancery
