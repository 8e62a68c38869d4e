#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/instant.hpp"
#include "tools/server/consumer.hpp"

/// How a consumer is kept: JSON, so that what a later version adds does not trouble an earlier one.
namespace chancery::server {
namespace {

namespace json = boost::json;

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const json::value& value : object.at(name).as_array()) texts.emplace_back(value.as_string());
  return texts;
}

std::int64_t seconds_since_epoch(Moment moment) { return std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count(); }

}  // namespace

std::string Consumer::kept() const {
  const Query& query = settings_.query;
  json::object object{{"position", position_},
                      {"level", static_cast<int>(settings_.level)},
                      {"owner", settings_.owner},
                      {"lease_seconds", settings_.lease.count()},
                      {"types", list_of(query.types)},
                      {"streams", list_of(query.streams)},
                      {"parties", list_of(query.parties)},
                      {"tags", list_of(query.tags)},
                      {"measures", list_of(query.measures)},
                      {"last_error", last_error_}};
  json::array backoff, items, parked;
  for (const auto& seconds : settings_.backoff) backoff.emplace_back(seconds.count());
  // Of what was never tried nothing need be kept; it is found again.
  for (const auto& [position, item] : items_) {
    if (!item.done && !item.again && item.attempts == 0) continue;
    items.push_back(json::object{{"position", position}, {"stream", item.stream}, {"attempts", item.attempts}, {"due", seconds_since_epoch(item.due)}, {"done", item.done}, {"again", item.again}});
  }
  for (const auto& [position, one] : parked_) {
    parked.push_back(json::object{{"position", position}, {"attempts", one.attempts}, {"reason", one.reason}, {"at", seconds_since_epoch(one.at)}});
  }
  object["backoff"] = std::move(backoff);
  object["items"] = std::move(items);
  object["parked"] = std::move(parked);
  return json::serialize(object);
}

Result<Consumer> Consumer::read(const std::string& name, const std::string& kept) {
  try {
    const json::value value = json::parse(kept);
    const json::object& object = value.as_object();
    ConsumerSettings settings;
    settings.level = static_cast<Visibility>(object.at("level").to_number<std::uint8_t>());
    settings.owner = object.at("owner").as_string();
    settings.lease = std::chrono::seconds(object.at("lease_seconds").to_number<std::int64_t>());
    settings.query = {texts_of(object, "types"), texts_of(object, "streams"), texts_of(object, "parties"), texts_of(object, "tags"), texts_of(object, "measures")};
    settings.backoff.clear();
    for (const json::value& seconds : object.at("backoff").as_array()) settings.backoff.emplace_back(seconds.to_number<std::int64_t>());
    Consumer consumer(name, std::move(settings), object.at("position").to_number<Position>());
    consumer.last_error_ = object.at("last_error").as_string();
    for (const json::value& one : object.at("items").as_array()) {
      Item item;
      item.stream = one.at("stream").as_string();
      item.attempts = one.at("attempts").to_number<std::uint32_t>();
      item.due = Moment(std::chrono::seconds(one.at("due").to_number<std::int64_t>()));
      item.done = one.at("done").as_bool();
      item.again = one.at("again").as_bool();
      const auto position = one.at("position").to_number<Position>();
      if (!item.again) consumer.look_first_ = std::max(consumer.look_first_, position);
      consumer.items_[position] = std::move(item);
    }
    for (const json::value& one : object.at("parked").as_array()) {
      const auto position = one.at("position").to_number<Position>();
      consumer.parked_[position] = {position, one.at("attempts").to_number<std::uint32_t>(), std::string(one.at("reason").as_string()),
                                    Moment(std::chrono::seconds(one.at("at").to_number<std::int64_t>()))};
    }
    return consumer;
  } catch (const std::exception& broken) {
    return failure(ErrorKind::corrupt, "consumer " + name, broken.what(), "what chancery serve kept");
  }
}

}  // namespace chancery::server
