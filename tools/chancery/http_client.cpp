#include "tools/chancery/http_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/url/parse.hpp>

#include "tools/chancery/lines.hpp"
#include "tools/server/socket.hpp"

namespace chancery::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using server::error_code;
using server::Socket;

Failure cannot(const std::string& name, const std::string& why) {
  return failure(ErrorKind::disk, name, why, "a server that can be reached, and answers");
}

/// Connects to a socket whose path may be longer than the system's calls take.
Result<Socket> connect_local(asio::io_context& io, const std::string& folder, const std::string& socket_name, const std::string& name) {
  const File opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  server::Local socket(io);
  error_code error;
  if (!opened.open()) return cannot(name, "no such folder");
  socket.connect(asio::local::stream_protocol::endpoint(fmt::format("/proc/self/fd/{}/{}", opened.get(), socket_name)), error);
  if (error) return cannot(name, error.message());
  return Socket(std::move(socket));
}

Result<Socket> connect_tcp(asio::io_context& io, asio::ssl::context& tls, const std::string& host, const std::string& port, bool use_tls,
                           const std::string& name) {
  error_code error;
  asio::ip::tcp::resolver resolver(io);
  const auto endpoints = resolver.resolve(host, port, error);
  if (error) return cannot(name, error.message());
  server::Tcp socket(io);
  asio::connect(socket, endpoints, error);
  if (error) return cannot(name, error.message());
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  if (!use_tls) return Socket(std::move(socket));
  auto stream = std::make_unique<server::Tls>(std::move(socket), tls);
  SSL_set_tlsext_host_name(stream->native_handle(), host.c_str());
  stream->set_verify_mode(asio::ssl::verify_peer);
  stream->set_verify_callback(asio::ssl::host_name_verification(host));
  stream->handshake(server::Tls::client, error);
  if (error) return cannot(name, error.message());
  return Socket(std::move(stream));
}

std::string lower(boost::beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
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
  client.host_ = "localhost";
  asio::io_context io;
  if (::access(client.name_.c_str(), F_OK) != 0) return std::nullopt;
  return connect_local(io, folder, socket_name, client.name_) ? std::optional(client) : std::nullopt;
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
  client.token_ = std::move(token);
  return client;
}

Result<HttpResponse> HttpClient::request(std::string_view method, const std::string& target,
                                         const std::vector<std::pair<std::string, std::string>>& headers, const Body& body,
                                         const std::function<bool(int status, std::string_view)>& take) const {
  asio::io_context io;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_default_verify_paths();
  Result<Socket> socket = folder_.empty() ? connect_tcp(io, tls, host_, port_, tls_, name_) : connect_local(io, folder_, socket_name_, name_);
  if (!socket) return Failure(socket.error());
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", method, target, port_.empty() ? host_ : host_ + ':' + port_);
  for (const auto& [name, value] : headers) head += fmt::format("{}: {}\r\n", name, value);
  if (!token_.empty()) head += fmt::format("Authorization: Bearer {}\r\n", token_);
  if (body.bytes > 0) head += fmt::format("Content-Length: {}\r\n", body.bytes);
  head += "\r\n";
  error_code error;
  for (std::string piece = std::move(head); !piece.empty() && !error; piece = body.bytes > 0 ? body.next() : std::string()) {
    socket->write_now(asio::buffer(piece), error);
  }
  // A server that refuses may do so before all is sent; what it says of that is read.
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  boost::beast::flat_buffer buffer;
  std::vector<char> piece(64 * 1024);
  while (!parser.is_done()) {
    auto& part = parser.get().body();
    part.data = piece.data();
    part.size = piece.size();
    error_code parsed;
    buffer.consume(parser.put(buffer.data(), parsed));
    const std::string_view got(piece.data(), parser.is_header_done() ? piece.size() - part.size : 0);
    if (!got.empty() && !take(static_cast<int>(parser.get().result_int()), got)) break;
    if (parsed && parsed != http::error::need_more && parsed != http::error::need_buffer) return cannot(name_, parsed.message());
    if (parser.is_done() || (parsed != http::error::need_more && buffer.size() > 0)) continue;
    const std::size_t count = socket->read_now(buffer.prepare(piece.size()), error);
    if (error) return cannot(name_, error == asio::error::eof ? "an answer that ends too early" : error.message());
    buffer.commit(count);
  }
  HttpResponse response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) response.headers.emplace_back(lower(field.name_string()), std::string(field.value().data(), field.value().size()));
  return response;
}

}  // namespace chancery::cli
