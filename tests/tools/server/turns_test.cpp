#include "tools/server/turns.hpp"

#include <catch2/catch.hpp>

using namespace chancery::server;
using Next = std::optional<std::string>;

TEST_CASE("no owner takes all turns, however many it wants") {
  Turns turns(4, 2);
  for (const char* name : {"a1", "a2", "a3", "a4", "a5"}) turns.want(name, "a");
  CHECK(turns.begin() == Next("a1"));
  CHECK(turns.begin() == Next("a2"));
  CHECK(turns.begin() == std::nullopt);
  turns.want("b1", "b");
  turns.want("c1", "c");
  turns.want("d1", "d");
  CHECK(turns.begin() == Next("b1"));
  CHECK(turns.begin() == Next("c1"));
  CHECK(turns.begin() == std::nullopt);
  turns.end("a1", false);
  CHECK(turns.begin() == Next("d1"));
}

TEST_CASE("whoever wants another turn waits behind those that wait already") {
  Turns turns(1, 1);
  for (const char* name : {"a1", "a2"}) turns.want(name, "a");
  turns.want("b1", "b");
  std::string order;
  for (int i = 0; i < 6; ++i) {
    const std::string name = turns.begin().value();
    order += name + ' ';
    turns.end(name, true);
  }
  CHECK(order == "a1 b1 a2 b1 a1 b1 ");
}

TEST_CASE("an owner that comes again and again does not pass one that waits") {
  Turns turns(1, 1);
  turns.want("a1", "a");
  CHECK(turns.begin() == Next("a1"));
  turns.want("b1", "b");
  turns.end("a1", false);
  turns.want("a1", "a");
  CHECK(turns.begin() == Next("b1"));
}

TEST_CASE("one that is at work is not begun twice, and what was wanted meanwhile is done after it") {
  Turns turns(2, 2);
  turns.want("a1", "a");
  turns.want("a1", "a");
  CHECK(turns.begin() == Next("a1"));
  CHECK(turns.begin() == std::nullopt);
  turns.want("a1", "a");
  CHECK(turns.begin() == std::nullopt);
  turns.end("a1", false);
  CHECK(turns.begin() == Next("a1"));
  turns.end("a1", false);
  CHECK(turns.begin() == std::nullopt);
}
