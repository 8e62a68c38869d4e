#include "tools/chancery/tail_consumer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstring>

#include "tools/chancery/remote.hpp"
#include "tools/server/consumers.hpp"
#include "tools/server/names.hpp"

namespace chancery::cli {
namespace {

/// Its position, as the server says; made where there is none.
Result<Position> position_at(const Remote& remote, const std::string& name, Position begin) {
  const std::string path = "/v1/consumers/" + name;
  Result<Remote::Got> state = remote.get(path, "application/json");
  if (!state && state.error().kind == ErrorKind::not_found) state = remote.send("PUT", path, fmt::format("{{\"after\":{}}}", begin));
  if (!state) return Failure(state.error());
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(state->body, error);
  const auto* position = !error && value.is_object() ? value.as_object().if_contains("position") : nullptr;
  if (!position || !position->is_number()) return failure(ErrorKind::disk, "server", "an answer without a position", "an answer of chancery serve");
  return position->to_number<Position>();
}

/// Opens the ledger for as long as `act` takes.
Result<void> with_consumers(Context& context, const std::function<Result<void>(server::Consumers&)>& act) {
  const auto ledger = context.open(Access::write);
  if (!ledger) return Failure(ledger.error());
  server::Consumers consumers(**ledger, std::string(server::consumer_prefix));
  if (auto loaded = consumers.load(); !loaded) return loaded;
  return act(consumers);
}

}  // namespace

Result<TailConsumer> TailConsumer::open(Context& context, const std::string& name, Position begin) {
  if (!server::good_name(name)) return refused("--consumer", quoted(name), std::string(server::good_names));
  TailConsumer consumer(context, name);
  if (context.options.server.empty()) {
    if (auto locked = consumer.lock(); !locked) return Failure(locked.error());
  }
  if (auto found = wherever_it_is(context, [&] { return consumer.find_or_make(begin); }); !found) return Failure(found.error());
  return consumer;
}

Result<void> TailConsumer::lock() {
  const std::filesystem::path folder = std::filesystem::path(context_.options.ledger) / "consumers";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = (folder / name_).string();
  lock_ = File(error ? -1 : ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!lock_.open()) return failure(ErrorKind::disk, path, error ? error.message() : std::strerror(errno), "a file that can be locked");
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  return failure(ErrorKind::in_use, "--consumer", quoted(name_) + ", as which another process follows", "another name, or when it has ended");
}

Result<void> TailConsumer::find_or_make(Position begin) {
  if (context_.remote) {
    const Result<Position> position = position_at(*context_.remote, name_, begin);
    if (!position) return Failure(position.error());
    position_ = *position;
    return {};
  }
  return with_consumers(context_, [&](server::Consumers& consumers) -> Result<void> {
    const auto find = [&] {
      return consumers.with(name_, [&](server::Consumer& consumer, bool&) -> Result<void> {
        position_ = consumer.position();
        return {};
      });
    };
    const Result<void> found = find();
    if (found || found.error().kind != ErrorKind::not_found) return found;
    server::ConsumerSettings settings;
    settings.level = Visibility::restricted;
    if (auto made = consumers.put(name_, settings, begin); !made) return Failure(made.error());
    return find();
  });
}

Result<void> TailConsumer::save(Position position) {
  const auto saved = wherever_it_is(context_, [&]() -> Result<void> {
    if (context_.remote) {
      const auto done = context_.remote->send("POST", "/v1/consumers/" + name_ + "/ack", fmt::format("{{\"up_to\":{}}}", position));
      return done ? Result<void>() : Failure(done.error());
    }
    return with_consumers(context_, [&](server::Consumers& consumers) {
      return consumers.with(name_, [&](server::Consumer& consumer, bool& changed) {
        changed = true;
        return consumer.acknowledge_up_to(position);
      });
    });
  });
  if (saved) position_ = position;
  return saved;
}

}  // namespace chancery::cli
