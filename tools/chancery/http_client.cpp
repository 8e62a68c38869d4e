#include "tools/chancery/http_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/url/parse.hpp>
#include <charconv>

#include "tools/chancery/lines.hpp"
#include "tools/chancery/look_up.hpp"
#include "tools/server/http.hpp"
#include "tools/server/socket.hpp"

namespace chancery::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using server::error_code;
using server::Socket;

constexpr std::chrono::seconds local_connect_max{5};
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t untaken_bytes_max = 64 * 1024;  // of a body that nobody wants
constexpr std::size_t answers_max = 100;              // to one request: all but the last are interim
constexpr std::chrono::milliseconds asks_every{200};  // whether an answer is still wanted
constexpr std::uint64_t ping_seconds_max = 3600, pings_missed_max = 3;

Failure cannot(const std::string& name, const std::string& why) {
  return failure(ErrorKind::disk, name, why, "a server that can be reached, and answers");
}

/// What the certificates of others are checked with. Reading all that the machine trusts takes long: it is done when the first is checked.
asio::ssl::context& trust() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_default_verify_paths();
    return made;
  }();
  return context;
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

/// One connection, whose operations are waited for until a deadline.
class Link {
 public:
  struct Patience {
    std::optional<std::chrono::milliseconds> quiet_max, idle_max;  ///< no operation may take longer before something is read, and after it
    std::function<bool()> wanted;                                  ///< false: no operation is waited for any longer
  };
  Link(asio::io_context& io, std::chrono::steady_clock::time_point deadline, Patience patience = {})
      : io_(io), deadline_(deadline), patience_(std::move(patience)), longest_(patience_.quiet_max) {}
  void goes_on_within(std::chrono::milliseconds idle_max) { longest_ = patience_.idle_max = idle_max; }

  /// `start` begins an operation with a handler; `stop` ends it early.
  template <class Start, class Stop>
  error_code wait(Start start, Stop stop) {
    std::optional<error_code> outcome;
    start([&](error_code error, auto&&...) { outcome = error; });
    io_.restart();
    const auto until = longest_ ? std::min(deadline_, std::chrono::steady_clock::now() + *longest_) : deadline_;
    const bool wanted = run_until(until);
    if (outcome) return *outcome;
    stop();
    io_.restart();
    io_.run();
    return wanted ? asio::error::timed_out : asio::error::operation_aborted;
  }

  error_code connect_local(const std::string& folder, const std::string& socket_name) {
    // The path may be longer than the system's calls take.
    const File opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!opened.open()) return error_code(errno, boost::system::system_category());
    server::Local socket(io_);
    const asio::local::stream_protocol::endpoint endpoint(fmt::format("/proc/self/fd/{}/{}", opened.get(), socket_name));
    const error_code error = wait([&](auto handler) { socket.async_connect(endpoint, handler); }, [&] { socket.close(); });
    if (!error) socket_.emplace(std::move(socket));
    return error;
  }

  error_code connect(const std::string& host, const std::string& port, bool use_tls, const HttpClient::MayReach& may_reach) {
    Endpoints found;
    error_code error = look_up_until(deadline_, host, port, found);
    if (error) return error;
    error = asio::error::host_not_found;
    for (const asio::ip::tcp::endpoint& endpoint : found) {
      // What was looked at is what is connected to: the name is not asked again.
      if (may_reach && !may_reach(endpoint.address().to_string())) {
        error = asio::error::access_denied;
        continue;
      }
      server::Tcp socket(io_);
      error = wait([&](auto handler) { socket.async_connect(endpoint, handler); }, [&] { socket.close(); });
      if (!error) return use_tls ? secure(std::move(socket), host) : plain(std::move(socket));
    }
    return error;
  }

  error_code write(std::string_view bytes) {
    return wait([&](auto handler) { asio::async_write(*socket_, asio::buffer(bytes.data(), bytes.size()), handler); }, [&] { socket_->close(); });
  }
  error_code read(asio::mutable_buffer buffer, std::size_t& got) {
    const error_code error = wait(
        [&](auto handler) {
          socket_->async_read_some(buffer, [&got, handler](error_code error, std::size_t count) mutable {
            got = count;
            handler(error);
          });
        },
        [&] { socket_->close(); });
    if (!error) longest_ = patience_.idle_max;
    return error;
  }

 private:
  /// False: what is waited for is not wanted any longer.
  bool run_until(std::chrono::steady_clock::time_point until) {
    if (!patience_.wanted) return io_.run_until(until), true;
    for (;;) {
      const auto next = std::min(until, std::chrono::steady_clock::now() + asks_every);
      io_.run_until(next);
      if (io_.stopped() || next == until) return true;
      if (!patience_.wanted()) return false;
    }
  }
  error_code plain(server::Tcp socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.emplace(std::move(socket));
    return {};
  }
  error_code secure(server::Tcp socket, const std::string& host) {
    auto stream = std::make_unique<server::Tls>(std::move(socket), trust());
    // An address is no name to ask for (RFC 6066, 3).
    if (!is_address(host)) SSL_set_tlsext_host_name(stream->native_handle(), host.c_str());
    stream->set_verify_mode(asio::ssl::verify_peer);
    stream->set_verify_callback(asio::ssl::host_name_verification(host));
    const error_code error = wait([&](auto handler) { stream->async_handshake(server::Tls::client, handler); }, [&] { stream->next_layer().close(); });
    if (!error) socket_.emplace(std::move(stream));
    return error;
  }

  asio::io_context& io_;
  const std::chrono::steady_clock::time_point deadline_;
  Patience patience_;
  std::optional<std::chrono::milliseconds> longest_;  // of the next operation
  std::optional<Socket> socket_;
};

using Parser = http::response_parser<http::buffer_body>;

/// One that says that another answer follows (RFC 9110, 15.2). 101 is not: nobody asked for another protocol.
bool is_interim(const Parser& parser) { return parser.get().result_int() / 100 == 1 && parser.get().result() != http::status::switching_protocols; }

/// How long the server of an answer may be silent, as it says.
std::optional<std::chrono::milliseconds> idle_max(const Parser& parser) {
  const auto text = parser.get()[HttpClient::pings_header];
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || seconds == 0 || seconds > ping_seconds_max) return std::nullopt;
  return std::chrono::seconds(pings_missed_max * seconds);
}

/// The answer is as a whole what came until the connection ended, if it says no length.
Result<HttpResponse> read_answer(Link& link, const std::string& name, const HttpClient::Take& take) {
  std::optional<Parser> parser;
  boost::beast::flat_buffer buffer;
  std::vector<char> piece(piece_bytes);
  std::size_t untaken = 0;
  for (std::size_t answers = 0; !parser || (parser->is_done() && is_interim(*parser));) {
    if (++answers > answers_max) return cannot(name, "interim answers without end");
    parser.emplace();
    parser->body_limit(boost::none);
    while (!parser->is_done()) {
      auto& part = parser->get().body();
      part.data = piece.data();
      part.size = piece.size();
      error_code parsed;
      const bool had_head = parser->is_header_done();
      buffer.consume(parser->put(buffer.data(), parsed));
      if (const auto idle = !had_head && parser->is_header_done() ? idle_max(*parser) : std::nullopt) link.goes_on_within(*idle);
      const std::string_view got(piece.data(), parser->is_header_done() ? piece.size() - part.size : 0);
      if (take ? !got.empty() && !take(static_cast<int>(parser->get().result_int()), got) : (untaken += got.size()) > untaken_bytes_max) break;
      if (parsed && parsed != http::error::need_more && parsed != http::error::need_buffer) return cannot(name, parsed.message());
      if (parser->is_done() || (parsed != http::error::need_more && buffer.size() > 0)) continue;
      std::size_t count = 0;
      error_code error = link.read(buffer.prepare(piece.size()), count);
      buffer.commit(count);
      if (!error) continue;
      if (!take && parser->is_header_done()) break;
      if (error != asio::error::eof) return cannot(name, error.message());
      if (parser->got_some()) parser->put_eof(error);
      if (error) return cannot(name, "an answer that ends too early");
    }
  }
  HttpResponse response;
  response.status = static_cast<int>(parser->get().result_int());
  for (const auto& field : parser->get()) {
    response.headers.emplace_back(server::lower_case({field.name_string().data(), field.name_string().size()}), std::string(field.value().data(), field.value().size()));
  }
  return response;
}

}  // namespace

std::string HttpResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return "";
}

std::optional<HttpClient> HttpClient::local(const std::string& folder, const std::string& socket_name) {
  HttpClient client;
  client.name_ = folder + '/' + socket_name;
  client.folder_ = folder;
  client.socket_name_ = socket_name;
  client.host_ = client.authority_ = "localhost";
  if (::access(client.name_.c_str(), F_OK) != 0) return std::nullopt;
  asio::io_context io;
  return Link(io, std::chrono::steady_clock::now() + local_connect_max).connect_local(folder, socket_name) ? std::nullopt : std::optional(client);
}

Result<HttpClient> HttpClient::of_url(const std::string& url, std::string token) {
  const auto bad = [&] { return refused("--server", chancery::quoted(url), "http://HOST:PORT or https://HOST"); };
  const auto parsed = boost::urls::parse_uri(url);
  if (parsed.has_error() || !parsed->has_authority()) return bad();
  const std::string scheme(parsed->scheme().data(), parsed->scheme().size());
  const auto path = parsed->encoded_path();
  if ((scheme != "http" && scheme != "https") || (!path.empty() && std::string_view(path.data(), path.size()) != "/") || parsed->has_query()) return bad();
  HttpClient client;
  client.name_ = url;
  client.tls_ = scheme == "https";
  client.host_ = parsed->host_address();
  client.port_ = parsed->has_port() ? std::string(parsed->port().data(), parsed->port().size()) : client.tls_ ? "443" : "80";
  client.authority_ = (parsed->host_type() == boost::urls::host_type::ipv6 ? '[' + client.host_ + ']' : client.host_) + ':' + client.port_;
  client.token_ = std::move(token);
  return client;
}

Result<HttpResponse> HttpClient::request(std::string_view method, const std::string& target,
                                         const std::vector<std::pair<std::string, std::string>>& headers, const Body& body, const Take& take) const {
  asio::io_context io;
  Link link(io, std::chrono::steady_clock::now() + longest_, {quiet_max_, idle_max_, wanted_});
  error_code error = folder_.empty() ? link.connect(host_, port_, tls_, may_reach_) : link.connect_local(folder_, socket_name_);
  if (error == asio::error::access_denied && may_reach_) return cannot(name_, "an address that may not be reached");
  if (error) return cannot(name_, error.message());
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", method, target, authority_);
  for (const auto& [name, value] : headers) head += fmt::format("{}: {}\r\n", name, value);
  if (!token_.empty()) head += fmt::format("Authorization: Bearer {}\r\n", token_);
  if (body.bytes > 0) head += fmt::format("Content-Length: {}\r\n", body.bytes);
  head += "\r\n";
  for (std::string piece = std::move(head); !piece.empty() && !error; piece = body.bytes > 0 ? body.next() : std::string()) {
    error = link.write(piece);
  }
  // A server that refuses may do so before all is sent; what it says of that is read.
  return read_answer(link, name_, take);
}

}  // namespace chancery::cli
