#include "tools/chancery/tail_consumer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "tools/chancery/reading.hpp"
#include "tools/chancery/remote.hpp"
#include "tools/server/consumers.hpp"
#include "tools/server/names.hpp"
#include "tools/server/wanted.hpp"

namespace chancery::cli {
namespace {

/// Tail tells all; what others want of a consumer must not be acknowledged with what they do not.
Failure wants_only_some(const std::string& name) {
  return refused("--consumer", chancery::quoted(name) + ", which wants only some events", "one that wants all, or POST /v1/consumers/" + name + "/next");
}

/// The owner of a ledger may use what is another's: not without being told, for the other would be told nothing of it.
Failure is_anothers(const std::string& name, std::string_view owner) {
  return failure(ErrorKind::conflict, "--consumer", fmt::format("{}, which is {}'s", chancery::quoted(name), owner), "a name that nobody has, or one's own");
}

/// Its position, as the server says; made where there is none.
/// `anybodys`: the server hands out whatever consumer is asked for, whoever made it.
Result<Position> position_at(const Remote& remote, const std::string& name, Position begin, bool anybodys) {
  const std::string path = "/v1/consumers/" + name;
  Result<Remote::Got> state = remote.get(path, "application/json");
  if (!state && state.error().kind == ErrorKind::not_found) {
    state = remote.send("PUT", path, fmt::format("{{\"after\":{}}}", begin));
    // Somebody else may have been quicker; where that was a stranger, this is what is told.
    if (!state) {
      const Error error = state.error();
      state = remote.get(path, "application/json");
      if (!state) return failure(error.kind, "--consumer", error.found, error.allowed);
    }
  }
  if (!state) return Failure(state.error());
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(state->body, error);
  const auto* position = !error && value.is_object() ? value.as_object().if_contains("position") : nullptr;
  if (!position || !position->is_number()) return failure(ErrorKind::disk, "server", "an answer without a position", "an answer of chancery serve");
  const auto* owner = value.as_object().if_contains("owner");
  if (anybodys && owner && owner->is_string() && !owner->as_string().empty()) return is_anothers(name, std::string_view(owner->as_string()));
  const auto* wants = value.as_object().if_contains("wants");
  if (wants && wants->is_object() && !wants->as_object().empty()) return wants_only_some(name);
  return position->to_number<Position>();
}

// Readers let the ledger go soon, as a rule.
constexpr std::chrono::seconds wait_for_others{10};

/// Opens the ledger for as long as `act` takes.
Result<void> with_consumers(Context& context, std::chrono::milliseconds wait, const std::function<Result<void>(server::Consumers&)>& act) {
  const auto ledger = context.open(Access::write, false, wait);
  if (!ledger) return Failure(ledger.error());
  server::Consumers consumers(**ledger, std::string(server::consumer_prefix));
  if (auto loaded = consumers.load(); !loaded) return loaded;
  return act(consumers);
}

}  // namespace

Result<TailConsumer> TailConsumer::open(Context& context, const std::string& name, const std::string& view, Position begin) {
  if (!server::good_name(name)) return refused("--consumer", quoted(name), std::string(server::good_names));
  TailConsumer consumer(context, name, view);
  if (context.options.server.empty()) {
    if (auto locked = consumer.lock(); !locked) return Failure(locked.error());
    const Result<Position> before = consumer.position_in_file(begin);
    if (!before) return Failure(before.error());
    begin = *before;
  }
  if (auto found = do_wherever_it_is(context, [&] { return consumer.find_or_make(begin); }); !found) return Failure(found.error());
  if (auto claimed = consumer.claim(); !claimed) return Failure(claimed.error());
  if (consumer.lock_.open()) static_cast<void>(::ftruncate(consumer.lock_.get(), 0));
  return consumer;
}

Result<void> TailConsumer::lock() {
  const std::filesystem::path folder = std::filesystem::path(context_.options.ledger) / "consumers";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  path_ = (folder / name_).string();
  lock_ = File(error ? -1 : ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  const auto cannot = [&](const std::string& why) { return failure(ErrorKind::disk, path_, why, "a file that can be locked"); };
  if (!lock_.open()) return cannot(error ? error.message() : std::strerror(errno));
  int locked = 0;
  do locked = ::flock(lock_.get(), LOCK_EX | LOCK_NB);
  while (locked != 0 && errno == EINTR);
  if (locked == 0) return {};
  if (errno != EWOULDBLOCK) return cannot(std::strerror(errno));
  return failure(ErrorKind::in_use, "--consumer", quoted(name_) + ", as which another process follows", "another name, or when it has ended");
}

/// Format 1 of ledgers also knows consumers that are a file of their own: the position in 20 digits and a line end.
Result<Position> TailConsumer::position_in_file(Position otherwise) const {
  constexpr std::size_t digits = 20, file_bytes = digits + 1;
  char bytes[file_bytes + 1];
  const ssize_t size = ::pread(lock_.get(), bytes, sizeof bytes, 0);
  if (size < 0) return failure(ErrorKind::disk, path_, std::strerror(errno), "a file that can be read");
  if (size == 0) return otherwise;
  Position position = 0;
  const auto [end, error] = std::from_chars(bytes, bytes + size, position);
  if (size != file_bytes || error != std::errc() || end != bytes + digits || *end != '\n') {
    return failure(ErrorKind::corrupt, path_, "a file that is no consumer's", "a position in 20 digits and a line end");
  }
  return position;
}

Result<void> TailConsumer::find_or_make(Position begin) {
  if (context_.remote) {
    const bool anybodys = context_.options.server.empty();
    Result<Position> position = position_at(*context_.remote, name_, begin, anybodys);
    if (!position) return Failure(position.error());
    if (!anybodys) {
      auto alone = Alone::as(context_.remote, name_);
      if (!alone) return Failure(alone.error());
      alone_ = std::move(*alone);
      // Whoever followed until then may have come further.
      position = position_at(*context_.remote, name_, begin, anybodys);
      if (!position) return Failure(position.error());
    }
    position_ = *position;
    return {};
  }
  return with_consumers(context_, wait_for_others, [&](server::Consumers& consumers) -> Result<void> {
    const auto find = [&] {
      return consumers.with(name_, [&](server::Consumer& consumer, bool&) -> Result<void> {
        if (const std::string& owner = consumer.settings().owner; !owner.empty()) return is_anothers(name_, owner);
        if (!server::wants_all(consumer.settings().query)) return wants_only_some(name_);
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

Result<void> TailConsumer::acknowledge(Position position, std::chrono::milliseconds wait) {
  const Result<Visibility> level = context_.level();
  if (!level) return Failure(level.error());
  return do_wherever_it_is(context_, [&]() -> Result<void> {
    if (context_.remote) {
      // Who says no level sees all that the token may.
      const std::string visibility = context_.options.visibility.empty() ? "" : fmt::format(R"("visibility":"{}")", word(*level));
      const std::string view = view_.empty() ? "" : R"("view":)" + json_text(view_), between = view.empty() || visibility.empty() ? "" : ",";
      const auto done = context_.remote->send("POST", "/v1/consumers/" + name_ + "/ack",
                                              fmt::format(R"({{"up_to":{},"from":{},"follows":{{{}{}{}}}}})", position, position_, view, between, visibility));
      return done ? Result<void>() : Failure(done.error());
    }
    return with_consumers(context_, wait, [&](server::Consumers& consumers) {
      return consumers.with(name_, [&](server::Consumer& consumer, bool& changed) -> Result<void> {
        changed = true;
        return consumer.acknowledge_up_to(position, position_, server::Follows{view_, *level});
      });
    });
  });
}

/// Its position is that of what was told as it: of another view, or to another level, it would leave out what is before it.
Result<void> TailConsumer::claim() {
  const auto claimed = acknowledge(position_, wait_for_others);
  if (claimed || claimed.error().kind != ErrorKind::conflict || claimed.error().field != "name") return claimed;
  return failure(ErrorKind::conflict, "--consumer", claimed.error().found, claimed.error().allowed);
}

Result<void> TailConsumer::save(Position position, bool wait) {
  const auto saved = acknowledge(position, wait ? std::chrono::milliseconds(wait_for_others) : std::chrono::milliseconds(0));
  if (saved) position_ = position;
  return saved;
}

}  // namespace chancery::cli
