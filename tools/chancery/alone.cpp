#include "tools/chancery/alone.hpp"

#include <fmt/format.h>

#include <chrono>

#include "core/uuid.hpp"

namespace chancery::cli {
namespace {

constexpr std::chrono::seconds again_after{1};

}  // namespace

Alone::Alone(std::shared_ptr<Remote> remote, const std::string& name)
    : remote_(std::move(remote)), target_("/v1/consumers/" + name + "/alone"), asked_(fmt::format("{{\"follower\":\"{}\"}}", fresh_uuid())), thread_([this] { run(); }) {}

Alone::~Alone() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<std::unique_ptr<Alone>> Alone::as(std::shared_ptr<Remote> remote, const std::string& name) {
  std::unique_ptr<Alone> alone(new Alone(std::move(remote), name));
  std::unique_lock lock(alone->mutex_);
  alone->changed_.wait(lock, [&] { return alone->granted_ || alone->error_; });
  if (!alone->error_) {
    lock.unlock();
    return alone;
  }
  Error error = *alone->error_;
  lock.unlock();
  if (error.field == "name") error.field = "--consumer";
  return Failure(std::move(error));
}

Result<void> Alone::still() const {
  const std::lock_guard lock(mutex_);
  if (!error_ || error_->kind != ErrorKind::conflict) return {};
  return failure(error_->kind, "--consumer", error_->found, error_->allowed);
}

void Alone::tell(std::optional<Error> error) {
  {
    const std::lock_guard lock(mutex_);
    granted_ = granted_ || !error;
    error_ = std::move(error);
  }
  changed_.notify_all();
}

/// Asks again where the server was away: whoever asks first then has it.
void Alone::run() {
  const auto wanted = [this] {
    const std::lock_guard lock(mutex_);
    return !over_;
  };
  while (wanted()) {
    const Result<void> ended = remote_->stay(target_, asked_, wanted, [this] { tell({}); });
    if (!ended) tell(ended.error());
    std::unique_lock lock(mutex_);
    if (!granted_ || (!ended && ended.error().kind == ErrorKind::conflict)) return;
    changed_.wait_for(lock, again_after, [this] { return over_; });
  }
}

}  // namespace chancery::cli
