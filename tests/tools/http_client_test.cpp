#include "tools/chancery/http_client.hpp"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <thread>

#include "tests/support/temp_folder.hpp"
#include "tools/chancery/look_up.hpp"

using namespace chancery;
using namespace chancery::cli;
namespace asio = boost::asio;

namespace {

/// Answers one request with the same bytes whatever it says, and ends the connection.
class OneAnswer {
 public:
  /// Reads up to `end` first, answers, and keeps what it read.
  explicit OneAnswer(std::string answer, const std::string& end = "\r\n\r\n") : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), port_(acceptor_.local_endpoint().port()) {
    thread_ = std::thread([this, answer = std::move(answer), end] {
      asio::ip::tcp::socket socket(io_);
      acceptor_.accept(socket);
      boost::system::error_code ignored;
      asio::read_until(socket, asio::dynamic_buffer(got_), end, ignored);
      asio::write(socket, asio::buffer(answer), ignored);
    });
  }
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
  }
  int port() const { return port_; }
  /// What was sent to it, when it has answered.
  const std::string& got() {
    thread_.join();
    return got_;
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  const int port_;
  std::string got_;
  std::thread thread_;
};

Result<HttpResponse> ask(const std::string& base, const HttpClient::Take& take) { return HttpClient::of_url(base, "")->request("GET", "/x", {}, {}, take); }

/// What comes of an answer: its status and its body; or why there is none.
std::string told(const std::string& answer) {
  OneAnswer server(answer);
  std::string body;
  const auto response = ask(fmt::format("http://127.0.0.1:{}", server.port()), [&](int, std::string_view piece) {
    body += piece;
    return true;
  });
  return response ? fmt::format("{} {}", response->status, body) : response.error().found;
}

}  // namespace

TEST_CASE("an answer that says no length is whole when the connection ends") {
  CHECK(told("HTTP/1.1 200 OK\r\n\r\nhello") == "200 hello");
  CHECK(told("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n") == "200 ");
  for (const char* cut : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nServer", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    CHECK(told(cut) == "an answer that ends too early");
  }
}

TEST_CASE("interim answers are passed over") {
  CHECK(told("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") == "200 hello");
  CHECK(told("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n") == "101 ");
  CHECK(told("HTTP/1.1 103 Early Hints\r\n\r\n") == "an answer that ends too early");
  std::string endless;
  for (int i = 0; i < 1000; ++i) endless += "HTTP/1.1 103 Early Hints\r\n\r\n";
  CHECK(told(endless) == "interim answers without end");
}

TEST_CASE("an answer whose body nobody wants is known by its head") {
  for (const char* answer : {"HTTP/1.1 410 Gone\r\nContent-Length: 9999\r\n\r\nhel", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n"}) {
    OneAnswer server(answer);
    const auto response = ask(fmt::format("http://127.0.0.1:{}", server.port()), {});
    REQUIRE(response);
    CHECK(response->status == 410);
  }
  OneAnswer server("HTTP/1.1 103 Early Hints\r\n\r\n");
  CHECK_FALSE(ask(fmt::format("http://127.0.0.1:{}", server.port()), {}));
}

TEST_CASE("a server that goes silent in the midst of its answer is given up, as it is told or as the server's own pings tell") {
  for (const auto& [told, head] : {std::pair{true, ""}, std::pair{false, "Chancery-Ping-Seconds: 1\r\n"}}) {
    std::promise<void> given_up;
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    std::thread server([&, head = head] {
      asio::ip::tcp::socket socket(io);
      acceptor.accept(socket);
      asio::write(socket, asio::buffer(fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: 9\r\n\r\nhel", head)));
      given_up.get_future().wait();
    });
    HttpClient client = *HttpClient::of_url(fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port()), "");
    if (told) client.goes_on_within(std::chrono::milliseconds(10));
    const auto response = client.request("GET", "/x", {}, {}, [](int, std::string_view) { return true; });
    REQUIRE_FALSE(response);
    CHECK(response.error().found == "Connection timed out");
    given_up.set_value();
    server.join();
  }
}

TEST_CASE("an answer that nobody wants any longer is not waited for") {
  asio::io_context io;
  const asio::ip::tcp::acceptor silent(io, {asio::ip::address_v4::loopback(), 0});
  HttpClient client = *HttpClient::of_url(fmt::format("http://127.0.0.1:{}", silent.local_endpoint().port()), "");
  int asked = 0;
  client.while_wanted([&] { return ++asked < 3; });
  CHECK_FALSE(client.request("GET", "/x", {}, {}, {}));
  CHECK(asked == 3);
}

TEST_CASE("an IPv6 address stands in brackets in the header Host") {
  OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
  REQUIRE(ask(fmt::format("http://[::ffff:127.0.0.1]:{}", server.port()), {}));
  CHECK(server.got().find(fmt::format("\r\nHost: [::ffff:127.0.0.1]:{}\r\n", server.port())) != std::string::npos);
}

TEST_CASE("a server is asked for by its name in TLS, and never by an address") {
  for (const auto& [host, named] : {std::pair{"127.0.0.1", false}, std::pair{"localhost", true}}) {
    // The name of the protocol's version is in every greeting; after it comes what is looked for.
    OneAnswer server("no TLS", std::string(1, '\x16'));
    CHECK_FALSE(ask(fmt::format("https://{}:{}", host, server.port()), {}));
    CHECK((server.got().find(host) != std::string::npos) == named);
  }
}

TEST_CASE("what the machine trusts is read when a certificate is to be checked, once") {
  const test::TempFolder folder;
  const std::string trusted = folder.path() / "trusted.pem";
  std::ofstream(trusted).flush();
  const char* before = std::getenv("SSL_CERT_FILE");
  const std::string kept = before ? before : "";
  ::setenv("SSL_CERT_FILE", trusted.c_str(), 1);
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  REQUIRE(watch >= 0);
  REQUIRE(::inotify_add_watch(watch, trusted.c_str(), IN_OPEN) >= 0);
  const auto times_opened = [&] {
    alignas(inotify_event) char events[4096];
    const ssize_t size = ::read(watch, events, sizeof events);
    return size < 0 ? 0 : static_cast<int>(static_cast<std::size_t>(size) / sizeof(inotify_event));
  };
  CHECK(told("HTTP/1.1 200 OK\r\n\r\n") == "200 ");
  CHECK(times_opened() == 0);
  for (int i = 0; i < 3; ++i) {
    OneAnswer server("no TLS", std::string(1, '\x16'));
    CHECK_FALSE(ask(fmt::format("https://127.0.0.1:{}", server.port()), {}));
  }
  CHECK(times_opened() <= 1);
  ::close(watch);
  before ? ::setenv("SSL_CERT_FILE", kept.c_str(), 1) : ::unsetenv("SSL_CERT_FILE");
}

TEST_CASE("a name is not waited for longer than there is time, however long the resolver takes") {
  std::promise<void> answers;
  const auto done = std::make_shared<std::promise<void>>();
  Endpoints found;
  // What it holds outlives this test, as its thread may.
  const auto slow = [done, answered = answers.get_future().share()](const std::string&, const std::string&, Endpoints& endpoints) {
    answered.wait();
    endpoints.emplace_back(asio::ip::address_v4::loopback(), 80);
    done->set_value();
    return boost::system::error_code();
  };
  CHECK(look_up_until(std::chrono::steady_clock::now(), "slow.example", "80", found, slow) == asio::error::timed_out);
  answers.set_value();
  done->get_future().wait();
  CHECK(found.empty());
  CHECK_FALSE(look_up_until(std::chrono::steady_clock::time_point::max(), "127.0.0.1", "80", found));
  CHECK(found == Endpoints{{asio::ip::address_v4::loopback(), 80}});
}

TEST_CASE("so many names are looked up at once, and no more") {
  std::promise<void> answers;
  Endpoints found;
  const auto slow = [answered = answers.get_future().share()](const std::string&, const std::string&, Endpoints&) {
    answered.wait();
    return boost::system::error_code();
  };
  for (std::size_t i = 0; i < look_ups_max; ++i) CHECK(look_up_until({}, "slow.example", "80", found, slow) == asio::error::timed_out);
  CHECK(look_up_until({}, "slow.example", "80", found, slow) == asio::error::host_not_found_try_again);
  answers.set_value();
  while (look_up_until(std::chrono::steady_clock::time_point::max(), "127.0.0.1", "80", found)) found.clear();
  CHECK(found.size() == 1);
}
