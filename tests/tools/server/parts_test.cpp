#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <mutex>

#include "tools/server/config.hpp"
#include "tools/server/http.hpp"
#include "tools/server/networks.hpp"
#include "tools/server/pipe.hpp"
#include "tools/server/signature.hpp"
#include "tools/server/workers.hpp"

using namespace chancery;
using namespace chancery::server;

TEST_CASE("a webhook is signed as the known vector of Standard Webhooks is") {
  const auto signature = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})");
  REQUIRE(signature);
  CHECK(*signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  CHECK_FALSE(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a", 0, ""));
  CHECK_FALSE(sign("whsec_short", "a", 0, ""));
  CHECK(sign(fresh_secret(), "a", 0, ""));
  CHECK(fresh_secret() != fresh_secret());
}

TEST_CASE("a secret is taken that is of 24 to 64 bytes and written as Base64 writes it, and none is repeated") {
  for (const char* secret : {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ=="}) CHECK(check_secret(secret));
  CHECK(check_secret(fresh_secret()));
  for (const char* secret : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaR=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=",
                             "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw    ", "whsec_    MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}) {
    const auto checked = check_secret(secret);
    REQUIRE_FALSE(checked);
    CHECK((checked.error().field == "secret" && checked.error().message().find("MfKQ") == std::string::npos && checked.error().message().find("QUFB") == std::string::npos));
  }
}

TEST_CASE("only addresses of the public internet are reached, unless their network is allowed") {
  for (const char* address : {"93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"}) CHECK(may_reach(address, {}));
  for (const char* address : {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
                              "::1", "::", "fe80::1", "fc00::1", "fd12::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2001:db8::1", "64:ff9b::7f00:1", "ff02::1", "nonsense", ""}) {
    CHECK_FALSE(may_reach(address, {}));
  }
  CHECK(may_reach("10.1.2.3", {"192.168.0.0/16", "10.0.0.0/8"}));
  CHECK(may_reach("::ffff:10.1.2.3", {"10.0.0.0/8"}));
  CHECK(may_reach("fd12::1", {"fd00::/8"}));
  CHECK_FALSE(may_reach("11.1.2.3.4", {"0.0.0.0/0"}));
  CHECK_FALSE(may_reach("192.169.0.1", {"192.168.0.0/16"}) == may_reach("192.168.0.1", {}));
}

TEST_CASE("a target is its decoded segments and parameters") {
  const auto target = Target::parse("/v1/events/minsk%2Fletter?where=a%3Db&where=c&empty=&flag&x=a+b%2B");
  REQUIRE(target);
  CHECK(target->segments == std::vector<std::string>{"v1", "events", "minsk/letter"});
  CHECK(target->query == std::vector<std::pair<std::string, std::string>>{{"where", "a=b"}, {"where", "c"}, {"empty", ""}, {"flag", ""}, {"x", "a b+"}});
  CHECK(Target::parse("HTTP://user@h:80/v1/x?a=b")->segments == std::vector<std::string>{"v1", "x"});
  CHECK(Target::parse("http://h")->segments == std::vector<std::string>{""});
  for (const char* bad : {"", "v1", "*", "/..", "/%2e%2e/x", "/a%", "/a%g0", "/a%00", "/a b", "/%ff", "/a#b", "ftp://h/", "http://h/../x", "/x?a=%0a"}) CHECK_FALSE(Target::parse(bad));
}

TEST_CASE("the format is the best that is accepted") {
  const std::vector<Media> offered{Media::json, Media::ndjson, Media::html};
  CHECK(negotiate("", offered) == Media::json);
  CHECK(negotiate("*/*", offered) == Media::json);
  CHECK(negotiate("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", offered) == Media::html);
  CHECK(negotiate("application/x-ndjson", offered) == Media::ndjson);
  CHECK(negotiate("application/jsonl", offered) == Media::ndjson);
  CHECK(negotiate("application/json;q=0.1, text/*;q=0.5", offered) == Media::html);
  CHECK(negotiate("text/html;q=0, */*", offered) == Media::json);
  CHECK(negotiate("image/png", offered) == std::nullopt);
}

TEST_CASE("a pipe bounds what is under way, and tells its maker when nobody reads, and its reader when it is cut") {
  std::atomic<bool> over{false};
  Pipe pipe(4, std::chrono::milliseconds(1), over);
  CHECK(pipe.write("abcdef"));
  CHECK_FALSE(pipe.write("more"));
  CHECK_FALSE(pipe.write("more"));

  Pipe other(4, std::chrono::hours(10), over);
  int ready = 0;
  other.when_ready([&] { ++ready; });
  CHECK(ready == 0);
  CHECK(other.write("abcd"));
  CHECK(ready == 1);
  other.finish(true);
  const Pipe::Taken taken = other.take();
  CHECK(taken.bytes == "abcd");
  CHECK((taken.end && taken.whole));
  other.close();
  CHECK_FALSE(other.write("e"));

  Pipe cut(4, std::chrono::hours(10), over);
  cut.when_ready([&] { ++ready; });
  cut.close();
  CHECK(ready == 2);
  CHECK((cut.take().end && !cut.take().whole));

  Pipe last(1, std::chrono::hours(10), over);
  CHECK(last.write("a"));
  over = true;
  CHECK_FALSE(last.write("b"));
}

TEST_CASE("what is printed of a configuration is read back the same") {
  Config config;
  for (const Setting& setting : settings()) CHECK(setting.set(config, setting.shown(config)));
  CHECK(printed_config(config) == printed_config(Config()));
  CHECK_FALSE(parse_listen("localhost:80"));
  CHECK(parse_listen("[::1]:80") == std::pair<std::string, std::uint16_t>("::1", 80));
}

TEST_CASE("an answer that waits for its reader holds up no other") {
  constexpr std::chrono::seconds long_enough{60};
  const std::atomic<bool> over{false};
  Pipe first(1, std::chrono::hours(10), over), second(1, std::chrono::hours(10), over);
  std::promise<bool> read_first, read_second;
  Workers workers(1, 2);
  const auto slow = [](Pipe& pipe, std::promise<bool>& read) {
    return [&pipe, &read] { read.set_value(pipe.write("a") && pipe.write("b")); };
  };
  workers.post(slow(first, read_first));
  workers.post(slow(second, read_second));
  std::promise<void> other;
  workers.post([&] { other.set_value(); });
  const bool done = other.get_future().wait_for(long_enough) == std::future_status::ready;
  CHECK(done);
  CHECK(first.take().bytes == "a");
  CHECK(read_first.get_future().get());
  second.close();
  CHECK_FALSE(read_second.get_future().get());
}

TEST_CASE("those whose readers take nothing keep their places where all that may be lent is lent") {
  const std::atomic<bool> over{false};
  Pipe first(1, std::chrono::hours(10), over), second(1, std::chrono::hours(10), over);
  std::atomic<bool> other{false};
  {
    Workers workers(1, 1);
    std::promise<void> waiting;
    workers.post([&] { first.write("a"), first.write("b"); });
    workers.post([&] { second.write("a"), waiting.set_value(), second.write("b"); });
    workers.post([&] { other = true; });
    // The first has lent its place to the second, which keeps it: the third begins when one of them is done.
    waiting.get_future().wait();
    CHECK_FALSE(other);
    first.close();
    second.close();
  }
  CHECK(other);
}

TEST_CASE("what workers were given is done when they end, by so many at a time") {
  constexpr int places = 3, all = 50;
  std::atomic<int> done{0}, now{0}, most{0};
  std::mutex mutex;
  std::condition_variable changed;
  {
    Workers workers(places, 0);
    for (int i = 0; i < all; ++i) {
      workers.post([&] {
        std::unique_lock lock(mutex);
        most = std::max<int>(most, ++now);
        changed.notify_all();
        // The first ones stay until all places are taken.
        changed.wait(lock, [&] { return most >= places; });
        --now;
        ++done;
      });
    }
  }
  CHECK(done == all);
  CHECK(most == places);
}

TEST_CASE("of a head that is not whole only whole lines are read") {
  CHECK(header_in("GET / HTTP/1.1\r\nHost: x\r\nACCEPT:  text/html \r\nCookie: a", "accept") == "text/html");
  for (const std::string_view head : {"", "Accept: text/html", "GET / HTTP/1.1\r\nAccept: text/h", "Host: x\r\n\r\nAccept: text/html\r\n", "X-Accept: text/html\r\n", "Accept text/html\r\n"}) {
    CHECK(header_in(head, "accept").empty());
  }
}
