#include "tools/server/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <csignal>
#include <utility>

#include "storage/scheduling.hpp"
#include "tools/chancery/lines.hpp"
#include "tools/chancery/remote.hpp"
#include "tools/server/access.hpp"
#include "tools/server/connection.hpp"
#include "tools/server/notify.hpp"
#include "tools/server/open_files.hpp"

namespace chancery::server {
namespace {

namespace fs = std::filesystem;
using LocalAcceptor = asio::local::stream_protocol::acceptor;
using TcpAcceptor = asio::ip::tcp::acceptor;

constexpr int backlog = 4096;
constexpr unsigned io_threads_max = 4;
constexpr int freed_bytes_kept = 2 << 20, mapped_bytes_min = 1 << 20;

/// The other half of the cores is left to the followers and the workers.
std::size_t usual_io_threads() { return std::clamp(std::thread::hardware_concurrency() / 2, 1U, io_threads_max); }

/// Else a thread's memory shrinks after each request and grows with the next, page by page: several system calls each time.
void keep_freed_memory() {
  ::mallopt(M_TRIM_THRESHOLD, freed_bytes_kept);
  // Once the other is set, this stays at 128 KiB: what is larger would be mapped anew each time.
  ::mallopt(M_MMAP_THRESHOLD, mapped_bytes_min);
}

Failure cannot_listen(const std::string& where, const error_code& error) {
  return refused("listen", fmt::format("{} ({})", where, error.message()), "an address of this machine and a port that is free");
}

/// What needs no ledger of where others come in: a certificate that can be read, and the address, at which nobody is answered yet.
struct Entrance {
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
  std::optional<TcpAcceptor> tcp;

  static Result<Entrance> open(const Config& config) {
    Entrance entrance;
    if (auto read = entrance.read_certificate(config); !read) return Failure(read.error());
    if (config.listen.empty()) return entrance;
    if (auto bound = entrance.bind(config.listen); !bound) return Failure(bound.error());
    return entrance;
  }

 private:
  Result<void> read_certificate(const Config& config) {
    if (config.tls_certificate.empty()) return {};
    error_code error;
    tls.set_options(asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls.use_certificate_chain_file(config.tls_certificate, error);
    if (error) return refused("tls-certificate", fmt::format("{} ({})", config.tls_certificate, error.message()), "a PEM file with a certificate");
    tls.use_private_key_file(config.tls_key, asio::ssl::context::pem, error);
    if (error) return refused("tls-key", fmt::format("{} ({})", config.tls_key, error.message()), "a PEM file with the certificate's private key");
    return {};
  }

  Result<void> bind(const std::string& address) {
    const auto listen = parse_listen(address);
    if (!listen) return Failure(listen.error());
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(listen->first), listen->second);
    error_code error;
    tcp.emplace(*context);
    tcp->open(endpoint.protocol(), error);
    if (!error) tcp->set_option(TcpAcceptor::reuse_address(true), error);
    if (!error) tcp->bind(endpoint, error);
    if (error) return cannot_listen(address, error);
    return {};
  }
};

}  // namespace

class ServerImpl {
 public:
  using Grown = std::shared_ptr<std::atomic<ServerImpl*>>;
  ServerImpl(const Config& config, std::shared_ptr<Ledger> ledger, fs::path folder, Grown grown)
      : connections_max_(connections_with_room(config.connections)), grown_(std::move(grown)), services_(config, std::move(ledger), folder), folder_(std::move(folder)), tls_(asio::ssl::context::tls_server) {
    const std::size_t wanted = config.io_threads ? config.io_threads : usual_io_threads();
    for (std::size_t i = 0; i < wanted; ++i) io_.push_back(std::make_unique<IoThread>());
  }

  ~ServerImpl() {
    services_.over = true;
    // Whoever still makes an answer is told that nobody takes it.
    for (const auto& io : io_) {
      asio::post(io->context, [&io = *io] {
        for (Connection* connection : io.connections) connection->cut();
        io.busy.reset();
        io.context.stop();
      });
      if (!io->thread.joinable()) io->context.stop();
    }
    for (const auto& io : io_) {
      if (io->thread.joinable()) io->thread.join();
    }
    services_.webhooks.stop();
    services_.workers.join();
    // What is queued for the disk calls back, and tells of the log's growth, before anything that it calls goes.
    static_cast<void>(services_.ledger->append({}, {}));
    grown_->store(nullptr);
    error_code ignored;
    if (bound_) fs::remove(folder_ / cli::socket_name, ignored);
  }

  Result<void> listen(Entrance& entrance) {
    tls_ = std::move(entrance.tls);
    // Before anybody is told that it is there: who tells it to stop at once must be heard.
    signals_.async_wait([this](const error_code& error, int) {
      if (!error) stop();
    });
    if (auto loaded = services_.consumers.load(); !loaded) return loaded;
    if (auto loaded = services_.webhooks.load(); !loaded) return loaded;
    if (auto bound = listen_locally(); !bound) return bound;
    if (entrance.tcp) {
      if (auto bound = listen_on_tcp(*entrance.tcp); !bound) return bound;
    }
    if (!services_.config.public_url.empty()) services_.url = services_.config.public_url;
    services_.webhooks.look();
    if (connections_max_ < services_.config.connections) log_line("limit", {{"connections", connections_max_}, {"because_of", "the limit of open files"}});
    return {};
  }

  void run() {
    keep_freed_memory();
    for (const auto& io : io_) io->thread = std::thread([&context = io->context] {
      run_in_short_spells();
      context.run();
    });
    asio::co_spawn(io_.front()->context, accept(*local_), asio::detached);
    if (tcp_) asio::co_spawn(io_.front()->context, accept(*tcp_), asio::detached);
    asio::co_spawn(control_, watch_clock(), asio::detached);
    notify_manager("READY=1");
    control_.run();
    // Who tells it a second time does not want to wait for what is left.
    error_code ignored;
    signals_.clear(ignored);
  }

  /// An event is being recorded: by the thread that commits.
  void prepare(const Recorded& event) { services_.feeds.prepare(event); }
  /// The log has grown by so many commits: by the thread that commits.
  void grown(std::size_t commits) {
    services_.metrics.group_commits.observe(static_cast<double>(commits));
    services_.waiting.look(true);
    services_.webhooks.look();
    for (const auto& io : io_) io->wake_all();
  }

  const std::string& url() const { return services_.url; }

 private:
  bool has_tls() const { return !services_.config.tls_certificate.empty(); }

  /// The ledger's lock is held, so a socket that is there is nobody's.
  Result<void> listen_locally() {
    const cli::File opened(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ::unlink((folder_ / cli::socket_name).c_str());
    error_code error;
    local_.emplace(io_.front()->context);
    local_->open(asio::local::stream_protocol(), error);
    const mode_t mask = ::umask(0177);
    if (!error) local_->bind(asio::local::stream_protocol::endpoint(fmt::format("/proc/self/fd/{}/{}", opened.get(), cli::socket_name)), error);
    ::umask(mask);
    bound_ = !error;
    if (!error) local_->listen(backlog, error);
    if (error) return cannot_listen((folder_ / cli::socket_name).string(), error);
    return {};
  }

  Result<void> listen_on_tcp(TcpAcceptor& bound_to) {
    error_code error;
    const auto bound = bound_to.local_endpoint(error);
    tcp_.emplace(io_.front()->context);
    const int descriptor = error ? -1 : bound_to.release(error);
    if (!error) tcp_->assign(bound.protocol(), descriptor, error);
    if (!error) tcp_->listen(backlog, error);
    if (error) return cannot_listen(services_.config.listen, error);
    const std::string address = bound.address().is_v6() ? '[' + bound.address().to_string() + ']' : bound.address().to_string();
    services_.url = fmt::format("{}://{}:{}", has_tls() ? "https" : "http", address, bound.port());
    return {};
  }

  Socket made(Local socket) { return Socket(std::move(socket)); }
  Socket made(Tcp socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    // Whoever is gone without a word would keep what little is sent to him in the kernel for a quarter of an hour (tcp(7)).
    const auto stall = static_cast<unsigned>(services_.config.stall_seconds * 1000);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &stall, sizeof stall);
    if (has_tls()) return Socket(std::make_unique<Tls>(std::move(socket), tls_));
    return Socket(std::move(socket));
  }
  static std::string peer_of(const Local&) { return "local"; }
  static std::string peer_of(const Tcp& socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
  }

  template <class Acceptor>
  asio::awaitable<void> accept(Acceptor& acceptor) {
    asio::steady_timer pause(io_.front()->context);
    while (!services_.stopping) {
      IoThread& io = *io_[next_++ % io_.size()];
      auto [error, socket] = co_await acceptor.async_accept(asio::any_io_executor(io.context.get_executor()), asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        // Too many open files, say: those that are served go on.
        pause.expires_after(std::chrono::milliseconds(100));
        auto outcome = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        static_cast<void>(outcome);
        continue;
      }
      // Who owns the ledger always has room.
      const bool local = std::is_same_v<decltype(socket), Local>;
      if (!local && services_.metrics.connections.load() >= connections_max_) {
        services_.metrics.connections_refused.fetch_add(1);
        continue;
      }
      std::string peer = peer_of(socket);
      auto connection = std::make_shared<Connection>(made(std::move(socket)), std::move(peer), io, services_);
      asio::post(io.context, [connection = std::move(connection)] { connection->start(); });
    }
  }

  template <class Do>
  void on_each_connection(Do act) {
    for (const auto& io : io_) {
      asio::post(io->context, [&io = *io, act] {
        // Acting on one may end it.
        const std::vector<Connection*> all(io.connections.begin(), io.connections.end());
        for (Connection* connection : all) {
          if (io.connections.contains(connection)) act(*connection);
        }
      });
    }
  }

  /// The service manager hears of it only while every thread comes round.
  void tell_watchdog() {
    const bool all = std::all_of(io_.begin(), io_.end(), [](const auto& io) { return io->beaten.exchange(0) > 0; });
    if (all) notify_manager("WATCHDOG=1");
    for (const auto& io : io_) asio::post(io->context, [&io = *io] { io.beaten.fetch_add(1); });
  }

  asio::awaitable<void> watch_clock() {
    asio::steady_timer& timer = clock_;
    const auto grace = std::chrono::seconds(services_.config.stop_seconds);
    bool cutting = false;
    for (;;) {
      timer.expires_after(std::chrono::milliseconds(services_.stopping ? 10 : 500));
      auto outcome = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
      static_cast<void>(outcome);
      const auto now = std::chrono::steady_clock::now();
      services_.waiting.look(false);
      tell_watchdog();
      services_.webhooks.look();
      on_each_connection([now](Connection& connection) { connection.look_at_clock(now); });
      if (!services_.stopping) continue;
      if (services_.metrics.connections.load() == 0) break;
      if (now - stopped_ > grace) {
        if (!std::exchange(cutting, true)) log_line("stop", {{"cut", services_.metrics.connections.load()}});
        on_each_connection([](Connection& connection) { connection.cut(); });
        if (now - stopped_ > 2 * grace) break;
      }
    }
    control_.stop();
  }

  void stop() {
    log_line("stop", {{"position", services_.ledger->last()}});
    notify_manager("STOPPING=1");
    stopped_ = std::chrono::steady_clock::now();
    services_.stopping = true;
    // Whoever waits for a view is told before he is cut.
    services_.ledger->follow_until(stopped_ + std::chrono::seconds(services_.config.stop_seconds) * 4 / 5);
    services_.waiting.end();
    clock_.cancel();
    asio::post(io_.front()->context, [this] {
      error_code ignored;
      local_->close(ignored);
      if (tcp_) tcp_->close(ignored);
    });
    on_each_connection([](Connection& connection) { connection.stop_after_this(); });
  }

  const std::size_t connections_max_;
  const Grown grown_;  // through which the ledger tells of its growth
  Services services_;
  const fs::path folder_;
  asio::ssl::context tls_;
  asio::io_context control_;
  asio::steady_timer clock_{control_};
  asio::signal_set signals_{control_, SIGTERM, SIGINT};
  std::vector<std::unique_ptr<IoThread>> io_;
  std::optional<LocalAcceptor> local_;
  std::optional<TcpAcceptor> tcp_;
  std::size_t next_ = 0;
  bool bound_ = false;
  std::chrono::steady_clock::time_point stopped_;
};

Result<Server> Server::start(const Config& config, const fs::path& folder, LedgerOptions options) {
  // The ledger tells of its growth before there is a server to tell.
  const auto grown = std::make_shared<std::atomic<ServerImpl*>>(nullptr);
  options.published = [grown](std::size_t commits) {
    if (ServerImpl* impl = grown->load()) impl->grown(commits);
  };
  options.being_recorded = [grown](const Recorded& event) {
    if (ServerImpl* impl = grown->load()) impl->prepare(event);
  };
  Result<Entrance> entrance = Entrance::open(config);
  // None is made that could not be served. Whoever has one that is there is named first: he may have the address as well.
  options.create = options.create && entrance.has_value();
  auto ledger = Ledger::open(folder, options);
  if (!entrance && (ledger || ledger.error().kind != ErrorKind::in_use)) return Failure(entrance.error());
  if (!ledger) return Failure(ledger.error());
  auto impl = std::make_unique<ServerImpl>(config, std::shared_ptr<Ledger>(std::move(*ledger)), folder, grown);
  if (auto listening = impl->listen(*entrance); !listening) return Failure(listening.error());
  grown->store(impl.get());
  return Server(std::move(impl));
}

Server::Server(std::unique_ptr<ServerImpl> impl) : impl_(std::move(impl)) {}
Server::Server(Server&&) noexcept = default;
Server::~Server() = default;
const std::string& Server::url() const { return impl_->url(); }
void Server::run() { impl_->run(); }

}  // namespace chancery::server
