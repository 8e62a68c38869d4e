#include "storage/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/keys.hpp"
#include "storage/scheduling.hpp"

namespace chancery {
namespace {

using namespace std::chrono_literals;

// What one group holds at most: it bounds how long its last request waits, and what a failed sync leaves unknown.
constexpr std::size_t group_events_max = 20'000;
constexpr std::size_t group_bytes_max = 8UL << 20;
constexpr std::size_t group_requests_max = 20'000;  // those that are refused or known too
// What a caller who has other things to do commits himself: so much of a request, and so many of them.
constexpr std::size_t little_events_max = 16, little_expectations_max = 16, little_requests_max = 64;
constexpr int syncs_that_count = 8;  // in the usual time of a sync
static_assert(group_events_max <= commit_events_max);
constexpr Instant not_given = Instant::min();

std::string shown(Instant recorded_at) { return recorded_at == not_given ? "none" : format_instant(recorded_at); }

Error unknown_outcome(const rocksdb::Status& status) {
  return {ErrorKind::disk, "ledger", "a write that failed (" + status.ToString() + "): whether it is on the disk is unknown",
          "reopening the ledger to learn it; until then it can be read"};
}

}  // namespace

Writer::Writer(Surroundings surroundings)
    : around_(std::move(surroundings)),
      heads_(around_.log),
      overlay_(around_.log, [this](std::string_view stream) { return heads_.next_revision(stream); }),
      usual_sync_(around_.quick_sync) {
  if (const Position last = around_.log.last()) recorded_at_ = value_or_throw(around_.log.head_at(last)).recorded_at;
  thread_ = std::thread([this] { run(); });
  // A thread that begins late would take what was submitted for somebody else to commit.
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return waits_; });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::unique_ptr<Writer::Request> Writer::request_of(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended) {
  auto request = std::make_unique<Request>();
  request->events = std::move(events);
  request->condition = std::move(condition);
  request->when_appended = std::move(when_appended);
  return request;
}

/// Whoever commits looks at the queue again afterwards; only where nobody does, the writer's thread is woken. One that has promised to
/// commit may have nothing to do then.
void Writer::enqueue(std::unique_ptr<Request> request) {
  bool nobody = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(request));
    nobody = !committing_;
  }
  if (nobody) wake_.notify_one();
}

void Writer::submit(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended) {
  enqueue(request_of(std::move(events), std::move(condition), std::move(when_appended)));
}

bool Writer::submit_here(std::vector<Given> events, Condition condition, Ledger::WhenAppended when_appended) {
  auto request = request_of(std::move(events), std::move(condition), std::move(when_appended));
  if (!is_little(*request) || usual_sync_.load(std::memory_order_relaxed) >= around_.quick_sync) {
    enqueue(std::move(request));
    return false;
  }
  bool late = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(request));
    if (committing_) return false;
    if (!promised_) {
      promised_ = std::this_thread::get_id();
      return true;
    }
    // Whoever promised it may be busy with much else.
    late = *promised_ != std::this_thread::get_id();
  }
  if (late) wake_.notify_one();
  return false;
}

void Writer::commit_submitted() {
  bool more = false;
  {
    std::unique_lock lock(mutex_);
    promised_.reset();
    if (committing_ || queue_.empty()) return;
    take_turn(lock, Turn::little);
    more = stop_ || !queue_.empty();
  }
  if (more) wake_.notify_one();
}

/// What a caller who has other things to do may commit.
bool Writer::is_little(const Request& request) {
  const std::size_t changes = request.events.size() + (request.kept != nullptr ? request.kept->size() : 0);
  return request.job == nullptr && changes <= little_events_max && request.condition.streams.size() <= little_expectations_max && !request.condition.none_matches;
}

Result<Appended> Writer::append(std::vector<Given> events, Condition condition) {
  return commit_and_wait(request_of(std::move(events), std::move(condition), {}));
}

Result<void> Writer::keep(const std::vector<Ledger::Kept>& changes) {
  auto request = request_of({}, {}, {});
  request->kept = &changes;
  const Result<Appended> kept = commit_and_wait(std::move(request));
  return kept ? Result<void>() : Failure(kept.error());
}

Result<Appended> Writer::commit_and_wait(std::unique_ptr<Request> request) {
  const auto promise = std::make_shared<std::promise<Result<Appended>>>();
  auto future = promise->get_future();
  request->when_appended = [promise](Result<Appended> appended) { promise->set_value(std::move(appended)); };
  bool more = false;
  {
    std::unique_lock lock(mutex_);
    queue_.push_back(std::move(request));
    // The writer's thread would have to be woken, and then this one.
    if (!committing_) {
      take_turn(lock, Turn::whole);
      more = stop_ || !queue_.empty();
    }
  }
  if (more) wake_.notify_one();
  return future.get();
}

Result<void> Writer::between_commits(const std::function<Result<void>()>& job) {
  auto request = std::make_unique<Request>();
  request->job = &job;
  std::future<Result<void>> future = request->job_promise.get_future();
  enqueue(std::move(request));
  return future.get();
}

std::optional<Error> Writer::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

Instant Writer::last_recorded_at() const {
  const std::lock_guard lock(mutex_);
  return recorded_at_;
}

void Writer::run() {
  run_in_short_spells();
  std::unique_lock lock(mutex_);
  waits_ = true;
  wake_.notify_all();
  for (;;) {
    wake_.wait(lock, [&] { return !committing_ && (stop_ || !queue_.empty()); });
    if (queue_.empty()) return;
    take_turn(lock, Turn::whole);
  }
}

/// Commits one group, without the lock.
void Writer::take_turn(std::unique_lock<std::mutex>& lock, Turn turn) noexcept {
  committing_ = true;
  lock.unlock();
  take_group(turn);
  std::unique_ptr<Request> job;
  if (!group_.empty() && group_.back()->job != nullptr) {
    job = std::move(group_.back());
    group_.pop_back();
  }
  commit_group();
  if (job) run_job(*job);
  lock.lock();
  committing_ = false;
}

std::unique_ptr<Writer::Request> Writer::pop(Turn turn) {
  const std::lock_guard lock(mutex_);
  if (queue_.empty() || (turn == Turn::little && !is_little(*queue_.front()))) return nullptr;
  std::unique_ptr<Request> request = std::move(queue_.front());
  queue_.pop_front();
  return request;
}

/// Admits what is queued, in order, until the group is full or a job comes.
void Writer::take_group(Turn turn) {
  overlay_.reset();
  group_recorded_at_ = last_recorded_at();
  const Position before = around_.log.last();
  const std::size_t requests_max = turn == Turn::little ? little_requests_max : group_requests_max;
  for (std::size_t taken = 0; taken < requests_max; ++taken) {
    if (overlay_.last() - before >= group_events_max || batch_.GetDataSize() >= group_bytes_max) return;
    std::unique_ptr<Request> request = pop(turn);
    if (!request) return;
    const bool job = request->job != nullptr;
    if (!job) {
      if (auto admitted = guarded([&] { return admit_all(*request); }); !admitted) {
        request->when_appended(Failure(admitted.error()));
        continue;
      }
    }
    group_.push_back(std::move(request));
    if (job) return;
  }
}

Result<void> Writer::admit_all(Request& request) {
  if (const auto broken = this->broken()) return Failure(*broken);
  if (request.events.size() > commit_events_max) {
    return refused("events", fmt::format("{} in one commit", request.events.size()), fmt::format("up to {}", commit_events_max));
  }
  const Position before = overlay_.last();
  Result<void> admitted = guarded([&] { return admit_each(request); });
  if (admitted) admitted = stage(request, before);
  if (!admitted) overlay_.roll_back(before);
  return admitted;
}

Result<void> Writer::admit_each(Request& request) {
  if (auto holds = check_condition(request.condition, request.events, overlay_, around_.log, around_.first_match); !holds) {
    return holds;
  }
  links_.clear();
  request.fresh.reserve(request.events.size());
  request.appended.events.reserve(request.events.size());
  for (Given& given : request.events) {
    Result<Admission> admission = admit(given, overlay_);
    if (!admission) return Failure(admission.error());
    request.appended.events.push_back(
        {admission->position, given.event.id, admission->stream, admission->revision, admission->fresh});
    if (!admission->fresh) continue;
    Recorded& recorded = request.fresh.emplace_back();
    recorded.event = std::move(given.event);
    recorded.event.stream = admission->stream;
    recorded.position = admission->position;
    recorded.revision = admission->revision;
    recorded.recorded_by = std::move(given.recorded_by);
    recorded.earliest = given.earliest;
    recorded.latest = given.latest;
    recorded.deadline = given.deadline;
    recorded.local_month = given.local_month;
    recorded.chain = admission->chain;
    recorded.stream_level = admission->stream_level;
    recorded.recorded_at = given.recorded_at.value_or(not_given);
    overlay_.add(recorded.event, *admission, true);
    links_.push_back(std::move(admission->links));
  }
  return {};
}

/// The recorded_at of a commit: the one its fresh events were given with, or the clock's.
Result<Instant> Writer::commit_instant(const Request& request) const {
  const Instant given = request.fresh.front().recorded_at;
  for (const Recorded& recorded : request.fresh) {
    if (recorded.recorded_at != given) {
      return refused("recorded_at", shown(recorded.recorded_at) + " beside " + shown(given) + " in one commit",
                     "the same in all events of a commit");
    }
  }
  if (given == not_given) return std::max(around_.clock(), group_recorded_at_ + 1us);
  if (auto good = check_given_instant(given, group_recorded_at_, around_.clock()); !good) return Failure(good.error());
  return given;
}

/// Writes an admitted request into the group's batch.
Result<void> Writer::stage(Request& request, Position before) {
  request.appended.last = overlay_.last();
  if (request.kept != nullptr) put(*request.kept);
  if (request.fresh.empty()) return {};
  const Result<Instant> instant = commit_instant(request);
  if (!instant) return Failure(instant.error());
  for (std::size_t i = 0; i < request.fresh.size(); ++i) {
    Recorded& recorded = request.fresh[i];
    recorded.recorded_at = *instant;
    if (recorded.event.about_record()) recorded.earliest = recorded.latest = *instant;
    recorded.commit_first = before + 1;
    recorded.commit_last = overlay_.last();
    put(recorded, links_[i]);
  }
  group_recorded_at_ = *instant;
  ++group_commits_;
  commits_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void Writer::put(const Recorded& recorded, const std::vector<LinkTo>& links) {
  rocksdb::ColumnFamilyHandle* log = around_.database.log();
  bytes_.clear();
  encode_record(bytes_, recorded);
  const std::string position = keys::number_value(recorded.position);
  throw_unless_ok(batch_.Put(log, keys::log(recorded.position), bytes_));
  throw_unless_ok(batch_.Put(log, keys::stream(recorded.event.stream, recorded.revision), position));
  throw_unless_ok(batch_.Put(log, keys::id(recorded.event.id), position));
  const char level = static_cast<char>(recorded.event.level());
  for (const LinkTo& link : links) {
    throw_unless_ok(batch_.Put(log, keys::link(link.relation, link.target, recorded.position), rocksdb::Slice(&level, 1)));
  }
}

void Writer::put(const std::vector<Ledger::Kept>& changes) {
  rocksdb::ColumnFamilyHandle* log = around_.database.log();
  for (const auto& [name, value] : changes) {
    throw_unless_ok(value ? batch_.Put(log, keys::kept(name), *value) : batch_.Delete(log, keys::kept(name)));
  }
}

/// The disk begins with what is written at once (wal_files.hpp): what can be done meanwhile costs no time.
rocksdb::Status Writer::write_synced() {
  const auto begun = std::chrono::steady_clock::now();
  rocksdb::Status status = around_.database.db().Write(rocksdb::WriteOptions(), &batch_);
  if (status.ok()) {
    tell_of_only_event();
    status = around_.database.db().SyncWAL();
  }
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begun, usual = usual_sync_.load(std::memory_order_relaxed);
  usual_sync_.store(usual + (took - usual) / syncs_that_count, std::memory_order_relaxed);
  syncs_.fetch_add(1, std::memory_order_relaxed);
  return status;
}

void Writer::tell_of_only_event() const {
  if (!around_.being_recorded || overlay_.last() != around_.log.last() + 1) return;
  const auto with = std::find_if(group_.begin(), group_.end(), [](const auto& request) { return !request->fresh.empty(); });
  // What fails here is made from what is recorded.
  const auto tell = [&]() -> Result<void> {
    around_.being_recorded((*with)->fresh.front());
    return {};
  };
  static_cast<void>(guarded(tell));
}

/// One write, one sync for the whole group; then the head file, then the readers, then those who wait.
void Writer::commit_group() {
  std::optional<Error> failed = broken();
  if (!failed && batch_.Count() > 0) {
    const rocksdb::Status status = write_synced();
    if (status.ok()) {
      if (overlay_.last() > around_.log.last()) publish_group();
    } else {
      failed = unknown_outcome(status);
    }
  }
  {
    const std::lock_guard lock(mutex_);
    if (failed) broken_ = failed;
    else recorded_at_ = group_recorded_at_;
  }
  for (const auto& request : group_) {
    if (failed) request->when_appended(Failure(*failed));
    else request->when_appended(std::move(request->appended));
  }
  group_.clear();
  group_commits_ = 0;
  batch_.Clear();
}

void Writer::publish_group() {
  around_.head.write(overlay_.last());
  for (const auto& [stream, next] : overlay_.streams()) heads_.put(stream, next);
  around_.log.publish(overlay_.last());
  around_.published(group_commits_);
}

void Writer::run_job(Request& request) {
  request.job_promise.set_value(guarded([&] { return (*request.job)(); }));
}

}  // namespace chancery
