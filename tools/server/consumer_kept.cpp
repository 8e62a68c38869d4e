#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tools/server/consumer.hpp"

/// How a consumer is kept: JSON, so that what a later version adds does not trouble an earlier one. Names in the ledger:
///   PREFIX NAME                        settings, position and last error
///   tried/ PREFIX NAME / POSITION      an event that was tried and is not done, was done out of turn, is to come again, or is leased
///   parked/ PREFIX NAME / POSITION     a parked event
/// What is settled of one event costs as much however many others there are. Earlier versions kept both kinds in lists of the first.
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

Moment moment_of(const json::value& seconds) { return Moment(std::chrono::seconds(seconds.to_number<std::int64_t>())); }

Failure not_ours(const std::string& name, const std::exception& broken) {
  return failure(ErrorKind::corrupt, "consumer " + name, broken.what(), "what chancery serve kept");
}

/// The name under which something of an event is kept.
std::string name_beside(Beside what, const std::string& consumer, Position position) { return fmt::format("{}{}/{}", beside_prefix(what), consumer, position); }

std::string kept_parked(const Parked& parked) {
  return json::serialize(json::object{{"attempts", parked.attempts}, {"reason", parked.reason}, {"at", seconds_since_epoch(parked.at)}});
}

Parked parked_of(Position position, const json::value& kept) {
  return {position, kept.at("attempts").to_number<std::uint32_t>(), std::string(kept.at("reason").as_string()), moment_of(kept.at("at"))};
}

}  // namespace

std::string_view beside_prefix(Beside what) { return what == Beside::parked ? "parked/" : "tried/"; }

std::string Consumer::kept_item(const Item& item, const Now& now) {
  const auto kept_moment = [&](std::chrono::steady_clock::time_point moment) {
    return seconds_since_epoch(now.system + std::chrono::ceil<std::chrono::seconds>(std::max(moment - now.steady, std::chrono::steady_clock::duration(0))));
  };
  json::object object{{"stream", item.stream}, {"attempts", item.attempts}, {"level", static_cast<int>(item.level)}, {"due", kept_moment(item.due)}, {"done", item.done}, {"again", item.again}};
  if (!item.lease.empty()) object["lease"] = json::object{{"is", item.lease}, {"end", kept_moment(item.lease_end)}};
  return json::serialize(object);
}

/// A clock that was set while nobody ran lets nothing wait for longer than it ever had to.
Consumer::Item Consumer::item_of(const json::value& kept, const Now& now) const {
  Item item;
  item.stream = kept.at("stream").as_string();
  item.attempts = kept.at("attempts").to_number<std::uint32_t>();
  const json::value* level = kept.as_object().if_contains("level");
  item.level = level ? static_cast<Visibility>(level->to_number<std::uint8_t>()) : Visibility::public_;
  const auto waits = [&](const json::value& moment, Moment::duration longest) { return std::clamp<Moment::duration>(moment_of(moment) - now.system, Moment::duration(0), longest); };
  item.due = now.steady + waits(kept.at("due"), longest_wait);
  item.done = kept.at("done").as_bool();
  item.again = kept.at("again").as_bool();
  // Whoever had one that ended meanwhile could not answer: that is no try.
  if (const json::value* lease = kept.as_object().if_contains("lease")) {
    item.lease_end = now.steady + waits(lease->at("end"), settings_.lease);
    if (item.lease_end > now.steady) item.lease = lease->at("is").as_string();
  }
  return item;
}

std::vector<Ledger::Kept> Consumer::unkept(const std::string& prefix, const Now& now) const {
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
  json::array backoff;
  for (const auto& seconds : settings_.backoff) backoff.emplace_back(seconds.count());
  object["backoff"] = std::move(backoff);
  object["handed_out"] = handed_out_;
  if (follows_) object["follows"] = json::object{{"view", follows_->view}, {"level", static_cast<int>(follows_->level)}};
  const std::string own = prefix + name_;
  std::vector<Ledger::Kept> changes{{own, json::serialize(object)}};
  for (const Position position : touched_) {
    // Of what was never tried nothing need be kept; it is found again.
    const auto item = items_.find(position);
    if (item != items_.end() && item->second.must_be_kept()) changes.emplace_back(name_beside(Beside::tried, own, position), kept_item(item->second, now));
    else if (tried_kept_.contains(position)) changes.emplace_back(name_beside(Beside::tried, own, position), std::nullopt);
    const auto parked = parked_.find(position);
    if (parked != parked_.end()) changes.emplace_back(name_beside(Beside::parked, own, position), kept_parked(parked->second));
    else if (parked_kept_.contains(position)) changes.emplace_back(name_beside(Beside::parked, own, position), std::nullopt);
  }
  return changes;
}

void Consumer::was_kept() {
  const auto settle = [](std::set<Position>& kept, Position position, bool is) { is ? void(kept.insert(position)) : void(kept.erase(position)); };
  for (const Position position : touched_) {
    const auto item = items_.find(position);
    settle(tried_kept_, position, item != items_.end() && item->second.must_be_kept());
    settle(parked_kept_, position, parked_.contains(position));
  }
  touched_.clear();
  kept_position_ = position_;
}

std::vector<Ledger::Kept> Consumer::forgotten(const std::string& prefix) const {
  const std::string own = prefix + name_;
  std::vector<Ledger::Kept> changes{{own, std::nullopt}};
  for (const Position position : tried_kept_) changes.emplace_back(name_beside(Beside::tried, own, position), std::nullopt);
  for (const Position position : parked_kept_) changes.emplace_back(name_beside(Beside::parked, own, position), std::nullopt);
  return changes;
}

Result<Consumer> Consumer::read(const std::string& name, const std::string& kept, const Now& now) {
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
    const json::value* handed_out = object.if_contains("handed_out");
    consumer.handed_out_ = handed_out && handed_out->as_bool();
    if (const json::value* follows = object.if_contains("follows")) {
      consumer.follows_ = Follows{std::string(follows->at("view").as_string()), static_cast<Visibility>(follows->at("level").to_number<std::uint8_t>())};
    }
    // Lists of an earlier version, which the next change replaces.
    for (const auto& [list, what] : {std::pair{"items", Beside::tried}, std::pair{"parked", Beside::parked}}) {
      const json::value* all = object.if_contains(list);
      for (const json::value& one : all ? all->as_array() : json::array()) {
        const auto position = one.at("position").to_number<Position>();
        if (auto read = consumer.read_beside(what, position, json::serialize(one), now); !read) return Failure(read.error());
        (what == Beside::tried ? consumer.tried_kept_ : consumer.parked_kept_).erase(position);
        consumer.touched_.insert(position);
      }
    }
    return consumer;
  } catch (const std::exception& broken) {
    return not_ours(name, broken);
  }
}

Result<void> Consumer::read_beside(Beside what, Position position, const std::string& kept, const Now& now) {
  try {
    const json::value value = json::parse(kept);
    if (what == Beside::parked) {
      parked_[position] = parked_of(position, value);
      parked_kept_.insert(position);
      return {};
    }
    Item item = item_of(value, now);
    if (!item.again) look_first_ = std::max(look_first_, position);
    items_[position] = std::move(item);
    tried_kept_.insert(position);
    return {};
  } catch (const std::exception& broken) {
    return not_ours(name_, broken);
  }
}

}  // namespace chancery::server
