#include "tools/server/consumers.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "tests/support/affair.hpp"
#include "tools/server/webhooks.hpp"

using namespace chancery;
using namespace chancery::server;
using test::Affair;

namespace {

ConsumerSettings settings_of(const std::string& owner, Visibility level = Visibility::restricted) {
  ConsumerSettings settings;
  settings.owner = owner;
  settings.level = level;
  return settings;
}

MayUse only(const std::string& owner) {
  return [owner](const std::string& whose) { return whose == owner; };
}

std::vector<std::string> kept_names(Affair& affair, const std::string& prefix = "consumer/") {
  std::vector<std::string> names;
  const auto kept = affair.ledger().kept(prefix).value();
  for (const auto& [name, value] : kept) names.push_back(name.substr(prefix.size()));
  return names;
}

Position kept_position(Affair& affair) {
  Consumers read(affair.ledger(), "consumer/");
  REQUIRE(read.load());
  Position position = 0;
  REQUIRE(read.with("c", [&](Consumer& consumer, bool&) -> Result<void> {
    position = consumer.position();
    return {};
  }));
  return position;
}

std::string release(std::size_t number) {
  return fmt::format(R"({{"id":"e{}","type":"prisoners.released","occurred":"2025-09-11","data":{{"holder":"state:BLR","count":52}}}})", number);
}

}  // namespace

TEST_CASE("of two who put one new name, one has it") {
  Affair affair;
  Consumers consumers(affair.ledger(), "consumer/");
  for (int round = 0; round < 20; ++round) {
    const std::string name = fmt::format("c{}", round);
    std::array<std::optional<Result<bool>>, 4> put;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < put.size(); ++i) {
      threads.emplace_back([&, i] { put[i] = consumers.put(name, settings_of(std::to_string(i)), 0, only(std::to_string(i))); });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(std::count_if(put.begin(), put.end(), [](const auto& one) { return one->has_value() && one->value(); }) == 1);
    CHECK(std::count_if(put.begin(), put.end(), [](const auto& one) { return !one->has_value() && one->error().kind == ErrorKind::conflict; }) == 3);
  }
}

TEST_CASE("whoever changes a consumer, it stays its owner's and at its owner's level") {
  Affair affair;
  Consumers consumers(affair.ledger(), "consumer/");
  REQUIRE(consumers.put("c", settings_of("reader", Visibility::public_), 0));
  CHECK(consumers.put("c", settings_of("admin"), 0, [](const std::string&) { return true; }) == Result<bool>(false));
  REQUIRE(consumers.with("c", [](Consumer& consumer, bool&) -> Result<void> {
    CHECK((consumer.settings().owner == "reader" && consumer.settings().level == Visibility::public_));
    return {};
  }));
  CHECK(consumers.remove("c", only("other")).error().kind == ErrorKind::not_found);
  CHECK(consumers.remove("c", only("reader")));
}

TEST_CASE("a consumer that is put while it is removed is there and kept, or neither") {
  Affair affair;
  Consumers consumers(affair.ledger(), "consumer/");
  for (int round = 0; round < 200; ++round) {
    REQUIRE(consumers.put("c", settings_of(""), 0));
    std::thread putting([&] { CHECK(consumers.put("c", settings_of(""), 0)); });
    std::thread removing([&] { CHECK(consumers.remove("c")); });
    putting.join();
    removing.join();
    REQUIRE(consumers.names() == kept_names(affair));
  }
}

TEST_CASE("one owner has 100 consumers and no more, also where they are put at once") {
  Affair affair;
  Consumers consumers(affair.ledger(), "consumer/");
  std::array<std::size_t, 4> made{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int number = 0; number < 30; ++number) made[i] += consumers.put(fmt::format("c{}-{}", i, number), settings_of("a"), 0).has_value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(std::accumulate(made.begin(), made.end(), std::size_t{0}) == of_one_owner_max);
  CHECK(consumers.put("more", settings_of("a"), 0).error().kind == ErrorKind::conflict);
  CHECK(consumers.put("another's", settings_of("b"), 0));
}

TEST_CASE("a webhook that is put while it is removed has its consumer, or is not there") {
  Affair affair;
  const test::TempFolder folder;
  const Config config;
  const Tokens tokens(folder.path());
  Webhooks webhooks(affair.ledger(), config, tokens);
  const MayUse anybody = [](const std::string&) { return true; };
  const auto put = [&] { return webhooks.put("w", {"http://127.0.0.1:1/", std::nullopt, settings_of(""), 0}, anybody).has_value(); };
  for (int round = 0; round < 200; ++round) {
    REQUIRE(put());
    bool was_put = false, removed = false;
    std::thread putting([&] { was_put = put(); });
    std::thread removing([&] { removed = webhooks.remove("w", anybody).has_value(); });
    putting.join();
    removing.join();
    REQUIRE((was_put && removed));
    REQUIRE(webhooks.consumers().names().size() == webhooks.list().size());
  }
}

TEST_CASE("a position that only passed over events is kept when it is far, with the next change, and at the end") {
  Affair affair;
  ConsumerSettings settings = settings_of("");
  settings.query.types = {"letter.sent"};
  const auto look = [&](Consumers& consumers) {
    REQUIRE(consumers.with("c", [&](Consumer& consumer, bool& changed) -> Result<void> {
      CHECK(consumer.next(affair.ledger(), Visibility::restricted, 1, Now::read(), changed)->empty());
      return {};
    }));
  };
  {
    Consumers consumers(affair.ledger(), "consumer/");
    REQUIRE(consumers.put("c", settings, 0));
    affair.told({release(0), release(1)});
    look(consumers);
    CHECK(kept_position(affair) == 0);
  }
  CHECK(kept_position(affair) == 2);
  std::vector<std::string> many;
  for (std::size_t i = 2; i < 2 + passed_over_max; ++i) many.push_back(release(i));
  affair.commit(many);
  Consumers consumers(affair.ledger(), "consumer/");
  REQUIRE(consumers.load());
  look(consumers);
  CHECK(kept_position(affair) == 2 + passed_over_max);
}

TEST_CASE("a consumer is forgotten with all that was kept of its events") {
  Affair affair;
  affair.told({release(0), release(1)});
  Consumers consumers(affair.ledger(), "consumer/");
  REQUIRE(consumers.put("c", settings_of(""), 0));
  REQUIRE(consumers.with("c", [&](Consumer& consumer, bool& changed) -> Result<void> {
    changed = true;
    const auto handed = consumer.next(affair.ledger(), Visibility::restricted, 2, Now::read(), changed).value();
    REQUIRE(consumer.send_back(1, handed.at(0).lease, "no", std::nullopt, true, Now::read()));
    return {};
  }));
  CHECK(kept_names(affair, "parked/consumer/") == std::vector<std::string>{"c/1"});
  // An earlier version forgets the consumer alone.
  REQUIRE(affair.ledger().keep({{"consumer/c", std::nullopt}}));
  Consumers again(affair.ledger(), "consumer/");
  REQUIRE(again.load());
  CHECK(kept_names(affair, "parked/consumer/").empty());
}

TEST_CASE("what is kept of a webhook is what was put last, whatever becomes of it meanwhile") {
  Affair affair;
  const test::TempFolder folder;
  const Config config;
  const Tokens tokens(folder.path());
  for (int round = 0; round < 30; ++round) {
    Webhooks webhooks(affair.ledger(), config, tokens);
    REQUIRE(webhooks.load());
    const auto put = [&](int port) {
      // Nobody may be reached there: that is written down while the next address is put.
      REQUIRE(webhooks.put("w", {fmt::format("http://127.0.0.1:{}/", port), std::nullopt, settings_of(""), 0}, [](const std::string&) { return true; }));
    };
    for (int port = 1; port < 9; ++port) put(port);
    webhooks.stop();
    const auto kept = affair.ledger().kept("webhook/").value();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].second.find("127.0.0.1:8/") != std::string::npos);
  }
}

TEST_CASE("a secret of a webhook that signs no longer is kept no longer, from the start on and when its time has come") {
  Affair affair;
  const test::TempFolder folder;
  const Config config;
  const Tokens tokens(folder.path());
  using std::chrono::seconds;
  const auto keep_former = [&](seconds until) {
    const auto end = std::chrono::floor<seconds>(std::chrono::system_clock::now().time_since_epoch()) + until;
    REQUIRE(affair.ledger().keep({{"webhook/w", fmt::format(R"({{"url":"http://127.0.0.1:1/","secret":"its own","owner":"","state":"stopped","reason":"","origin":"","former":[{{"secret":"the former","until":{}}}]}})", end.count())}}));
  };
  const auto is_kept = [&](const char* secret) { return affair.ledger().kept("webhook/").value().at(0).second.find(secret) != std::string::npos; };
  keep_former(seconds(-1));
  {
    Webhooks webhooks(affair.ledger(), config, tokens);
    REQUIRE(webhooks.load());
    CHECK(is_kept("its own"));
    CHECK_FALSE(is_kept("the former"));
  }
  keep_former(seconds(3600));
  {
    Webhooks webhooks(affair.ledger(), config, tokens);
    REQUIRE(webhooks.load());
    webhooks.look();
    CHECK(is_kept("the former"));
  }
  keep_former(seconds(2));
  Webhooks webhooks(affair.ledger(), config, tokens);
  REQUIRE(webhooks.load());
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (is_kept("the former") && std::chrono::steady_clock::now() < end) webhooks.look();
  CHECK_FALSE(is_kept("the former"));
  CHECK(is_kept("its own"));
}
