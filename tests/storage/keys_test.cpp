#include "storage/keys.hpp"

#include <catch2/catch.hpp>

#include "storage/index.hpp"

using namespace chancery;

TEST_CASE("keys sort as what they stand for") {
  CHECK(keys::log(255) < keys::log(256));
  CHECK(keys::log(1) < keys::log(~Position{0}));
  CHECK(keys::stream("a", ~std::uint64_t{0}) < keys::stream("a/b", 0));
  CHECK(keys::stream("a", 9) < keys::stream("a", 10));
  CHECK(keys::link(Relation::retracts, 1, 300) < keys::link(Relation::retracts, 2, 3));
  const Instant before(std::chrono::microseconds(-5)), after(std::chrono::microseconds(5));
  CHECK(time_key(before, 9) < time_key(after, 1));
  CHECK(time_key(after, 1) < time_key(after, 2));
  CHECK(time_of(time_key(before, 9)) == before);
}

TEST_CASE("keys give back what they were made of") {
  CHECK(keys::log_position(keys::log(123456789)) == 123456789);
  CHECK(keys::last_number(keys::stream("x", 42)) == 42);
  CHECK(keys::last_number(keys::link(Relation::chain, 7, 8)) == 8);
  CHECK(big_endian_at<std::uint32_t>(keys::slot_prefix(70000)) == 70000);
}

TEST_CASE("a UUID is kept as 16 bytes, a label as its text, and they never meet") {
  CHECK(keys::id(Id{"6ba7b811-9dad-11d1-80b4-00c04fd430c8"}).size() == 18);
  CHECK(keys::id(Id{"minsk/release"}) == std::string("i\x01", 2) + "minsk/release");
  CHECK(keys::id(Id{"minsk/release"})[1] != keys::id(Id{"6ba7b811-9dad-11d1-80b4-00c04fd430c8"})[1]);
}

TEST_CASE("the key after a prefix is after all that begin with it") {
  CHECK(keys::after_prefix("ab") == "ac");
  CHECK(keys::after_prefix(std::string("a\xff\xff")) == "b");
  CHECK(keys::after_prefix(std::string("\xff")).empty());
}
