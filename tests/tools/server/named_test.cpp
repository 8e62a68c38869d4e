#include "tools/server/named.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>
#include <vector>

using namespace chancery;
using namespace chancery::server;

namespace {

std::vector<std::string> names_of(const Named<int>& all) {
  std::vector<std::string> names;
  all.for_each([&](const std::string& name, int) { names.push_back(name); });
  return names;
}

void at_once(std::size_t threads, const std::function<void(std::size_t)>& act) {
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < threads; ++i) all.emplace_back([&act, i] { act(i); });
  for (std::thread& thread : all) thread.join();
}

}  // namespace

TEST_CASE("what is not made yet is found by nobody, and its name is free if it never is") {
  Named<int> all("numbers");
  {
    const auto held = all.hold_or_make("one", "a");
    REQUIRE(held);
    CHECK_FALSE(held->value());
    CHECK_FALSE(all.copy_of("one"));
    CHECK(names_of(all).empty());
  }
  CHECK_FALSE(all.hold("one"));
  auto held = all.hold_or_make("one", "b");
  held->set(1);
  CHECK(held->owner() == "b");
  CHECK(all.copy_of("one") == std::optional(1));
}

TEST_CASE("who waits for a thing that is taken out makes it anew, and what is taken out does not come back") {
  for (int round = 0; round < 200; ++round) {
    Named<int> all("numbers");
    all.add("one", "a", 1);
    std::optional<Named<int>::Held> removed(all.hold("one"));
    bool anew = false;
    std::thread waiting([&] {
      auto held = all.hold_or_make("one", "b");
      anew = !held->value();
      held->set(2);
    });
    removed->take_out();
    removed.reset();
    waiting.join();
    CHECK(anew);
    CHECK(all.copy_of("one") == std::optional(2));
    CHECK(all.hold("one")->owner() == "b");
  }
}

TEST_CASE("changes of one thing follow each other, whoever makes, changes and removes it at once") {
  Named<int> all("numbers", 1000);
  std::atomic<int> made{0}, removed{0};
  at_once(4, [&](std::size_t number) {
    for (int i = 0; i < 2000; ++i) {
      const std::string name = std::to_string(i % 3);
      if (number == 0) {
        if (auto held = all.hold(name)) {
          removed += *held->value();
          held->take_out();
        }
        continue;
      }
      auto held = all.hold_or_make(name, "a");
      held->set(held->value().value_or(0) + 1);
      ++made;
    }
  });
  int left = 0;
  all.for_each([&](const std::string&, int value) { left += value; });
  CHECK(removed + left == made);
}

TEST_CASE("one owner has so many and no more, however many are made at once") {
  constexpr std::size_t most = 10;
  Named<int> all("numbers", most);
  std::atomic<std::size_t> made{0};
  at_once(4, [&](std::size_t number) {
    for (std::size_t i = 0; i < most; ++i) {
      auto held = all.hold_or_make(std::to_string(number) + std::to_string(i), "a");
      if (!held) continue;
      held->set(1);
      ++made;
    }
  });
  CHECK(made == most);
  CHECK(names_of(all).size() == most);
  const auto more = all.hold_or_make("more", "a");
  REQUIRE_FALSE(more);
  CHECK((more.error().kind == ErrorKind::conflict && more.error().field == "numbers"));
  CHECK(all.hold_or_make(names_of(all).front(), "a"));
  CHECK(all.hold_or_make("another's", "b"));
  all.hold(names_of(all).front())->take_out();
  CHECK(all.hold_or_make("more", "a"));
}
