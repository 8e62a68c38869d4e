#include "tools/server/server.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "projections/followers.hpp"
#include "tests/support/temp_folder.hpp"
#include "tools/chancery/remote.hpp"

using namespace chancery;
using namespace chancery::server;
namespace asio = boost::asio;

namespace {

/// A view that follows nothing until it is let go.
class Stuck final : public Follower {
 public:
  std::string_view name() const override { return name_; }
  std::uint32_t version() const override { return 1; }
  void follow(const EventBatch& /*batch*/, const Log& /*log*/, WritableStore& /*store*/) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return goes_on_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    goes_on_ = true;
    changed_.notify_all();
  }

 private:
  const std::string name_ = follower_name("prisoners");
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool goes_on_ = false;
};

/// A server of a new ledger, which runs until it is told to stop.
class Running {
 public:
  explicit Running(const Config& config, std::vector<Follower*> followers = {}) {
    LedgerOptions options;
    options.create = true;
    options.followers = std::move(followers);
    server_.emplace(Server::start(config, folder_.path(), options).value());
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Running() {
    if (thread_.joinable()) stop();
  }
  /// As the service manager does it; returns when it has stopped.
  void stop() {
    std::raise(SIGTERM);
    thread_.join();
  }
  const std::string& url() const { return server_->url(); }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TempFolder folder_;
  std::optional<Server> server_;
  std::thread thread_;
};

/// The owner of a server, who asks for one thing at a time. Nothing here throws: what did not come is empty.
class Owner {
 public:
  explicit Owner(const Running& server) { socket_.connect((server.folder() / cli::socket_name).string(), error_); }
  void ask(const std::string& method_and_target, const std::string& body = "") {
    const std::string head = fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", method_and_target, body.size());
    asio::write(socket_, asio::buffer(head + body), error_);
  }
  void asks_no_more() { socket_.shutdown(asio::socket_base::shutdown_send, error_); }
  /// The line with which the next answer begins; what follows its head is not for us.
  std::string status_line() {
    const std::size_t end = asio::read_until(socket_, asio::dynamic_buffer(got_), "\r\n\r\n", error_);
    const std::string line = got_.substr(0, got_.find('\r'));
    got_.erase(0, end);
    return error_ ? "" : line;
  }

 private:
  asio::io_context io_;
  asio::local::stream_protocol::socket socket_{io_};
  boost::system::error_code error_;
  std::string got_;
};

Config quiet() {
  Config config;
  config.listen = "127.0.0.1:0";
  config.access_log = false;
  return config;
}

/// The socket of this process whose other end is that port of this machine; none: -1.
int accepted_from(std::uint16_t port) {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (int file = 0; file < static_cast<int>(most.rlim_cur); ++file) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) return file;
  }
  return -1;
}

}  // namespace

TEST_CASE("whoever waits for a view when the server is told to stop is told so before he is cut") {
  Stuck view;
  Config config = quiet();
  config.listen.clear();
  Running server(config, {&view});
  Owner recorder(server), reader(server);
  recorder.ask("POST /v1/events", R"({"type":"prisoners.released","occurred":"2025","data":{"holder":"state:BLR","count":1}})");
  CHECK(recorder.status_line() == "HTTP/1.1 201 Created");
  reader.ask("GET /v1/views/prisoners");
  // Only who is being answered is told to wait.
  reader.asks_no_more();
  CHECK(reader.status_line() == "HTTP/1.1 102 Processing");
  std::thread stops([&] { server.stop(); });
  const std::string answer = reader.status_line();
  view.let_go();
  stops.join();
  CHECK(answer == "HTTP/1.1 503 Service Unavailable");
}

TEST_CASE("the kernel cuts whoever is gone without a word after stall-seconds") {
  Config config = quiet();
  config.stall_seconds = 7;
  Running server(config);
  asio::io_context io;
  asio::ip::tcp::socket client(io);
  const auto port = static_cast<std::uint16_t>(std::stoi(server.url().substr(server.url().rfind(':') + 1)));
  client.connect({asio::ip::address_v4::loopback(), port});
  asio::write(client, asio::buffer(std::string("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  std::string head;
  asio::read_until(client, asio::dynamic_buffer(head), "\r\n\r\n");
  const int accepted = accepted_from(client.local_endpoint().port());
  REQUIRE(accepted >= 0);
  unsigned milliseconds = 0;
  socklen_t size = sizeof milliseconds;
  REQUIRE(::getsockopt(accepted, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, &size) == 0);
  CHECK(milliseconds == 7000);
}
