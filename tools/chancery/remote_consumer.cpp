#include "tools/chancery/remote_consumer.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

namespace chancery::cli {

Result<RemoteConsumer> RemoteConsumer::open(std::shared_ptr<Remote> remote, const std::string& name) {
  RemoteConsumer consumer(std::move(remote), "/v1/consumers/" + name);
  Result<Remote::Got> state = consumer.remote_->get(consumer.path_, "application/json");
  if (!state && state.error().kind == ErrorKind::not_found) {
    state = consumer.remote_->send("PUT", consumer.path_, "{}");
    consumer.fresh_ = true;
  }
  if (!state) return Failure(state.error());
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(state->body, error);
  const auto* position = !error && value.is_object() ? value.as_object().if_contains("position") : nullptr;
  if (!position || !position->is_number()) return failure(ErrorKind::disk, "server", "an answer without a position", "an answer of chancery serve");
  consumer.position_ = position->to_number<Position>();
  return consumer;
}

Result<void> RemoteConsumer::save(Position position) {
  const auto done = remote_->send("POST", path_ + "/ack", fmt::format("{{\"up_to\":{}}}", position));
  if (!done) return Failure(done.error());
  position_ = position;
  return {};
}

}  // namespace chancery::cli
