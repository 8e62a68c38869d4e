#include "tools/server/workers.hpp"

#include "storage/scheduling.hpp"

namespace chancery::server {
namespace {

thread_local Workers* of_this_thread = nullptr;

}  // namespace

void Workers::post(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  if (over_) return;
  queue_.push_back(std::move(work));
  call_one();
  join_ended(lock);
}

/// There is something to do, or a place to do it: has a thread look, one that waits or a new one. With the lock.
void Workers::call_one() {
  if (queue_.empty() || busy_ >= places_) return;
  if (idle_ > 0) return wake_.notify_one();
  if (alive_ >= places_ + lent_) return;
  try {
    std::thread thread([this] { work(); });
    const auto id = thread.get_id();
    threads_.emplace(id, std::move(thread));
    ++alive_;
  } catch (const std::system_error&) {
    // The machine has no more; those that there are do it.
    if (alive_ > 0) return;
    queue_.pop_back();
    throw;
  }
}

void Workers::work() {
  of_this_thread = this;
  run_in_usual_spells();
  std::unique_lock lock(mutex_);
  // Those that were started for places that were lent end when these are taken back.
  while (alive_ <= places_ + lent_) {
    if (!queue_.empty() && busy_ < places_) {
      ++busy_;
      {
        const std::function<void()> work = std::move(queue_.front());
        queue_.pop_front();
        call_one();
        lock.unlock();
        work();
      }
      lock.lock();
      --busy_;
      continue;
    }
    if (over_ && queue_.empty()) break;
    ++idle_;
    wake_.wait(lock);
    --idle_;
  }
  --alive_;
  ended_.push_back(std::this_thread::get_id());
  call_one();
  if (over_) wake_.notify_all();
  all_ended_.notify_all();
}

void Workers::join_ended(std::unique_lock<std::mutex>& lock) {
  if (ended_.empty()) return;
  std::vector<std::thread> threads;
  for (const std::thread::id id : ended_) threads.push_back(std::move(threads_.extract(id).mapped()));
  ended_.clear();
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
}

void Workers::join() {
  std::unique_lock lock(mutex_);
  over_ = true;
  wake_.notify_all();
  all_ended_.wait(lock, [&] { return alive_ == 0; });
  join_ended(lock);
}

Workers::Lent::Lent() {
  if (of_this_thread == nullptr) return;
  const std::lock_guard lock(of_this_thread->mutex_);
  if (of_this_thread->lent_ >= of_this_thread->lent_max_) return;
  workers_ = of_this_thread;
  ++workers_->lent_;
  --workers_->busy_;
  workers_->call_one();
}

Workers::Lent::~Lent() {
  if (workers_ == nullptr) return;
  const std::lock_guard lock(workers_->mutex_);
  --workers_->lent_;
  ++workers_->busy_;
  // One more thread than there are places: one that waits may end.
  workers_->wake_.notify_one();
}

}  // namespace chancery::server
