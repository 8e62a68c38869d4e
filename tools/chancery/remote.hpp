#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/chancery/command.hpp"
#include "tools/chancery/http_client.hpp"

namespace chancery::cli {

/// The name of the socket in the folder of a ledger that is served.
constexpr const char* socket_name = "socket";

/// What a server says while it runs a command: pieces, each a byte that tells its kind, its length in four bytes (big-endian) and as
/// many bytes.
enum class Piece : char {
  out = 'o',
  err = 'e',
  rejected = 'r',  ///< of which file, and bytes of its refused lines (SentFiles)
  wait = 'w',      ///< so many seconds, as text: what comes next is not to be told before
  last_words = 'l',  ///< what is to be said on stderr if this is the last that is heard
  exit = 'x',      ///< one byte: the exit code, with which it ends
};
std::string piece_of(Piece kind, std::string_view bytes);

/// Reads pieces as they come.
class Pieces {
 public:
  /// Calls `take` for each that is whole; false if it did, or if they are no pieces.
  bool add(std::string_view bytes, const std::function<bool(Piece, std::string_view)>& take);

 private:
  std::string rest_;
};

/// The server that has the ledger.
class Remote {
 public:
  /// It is given up where it keeps still for `quiet_max`; in the midst of a command, when it misses three of the pings it said it would send.
  Remote(HttpClient client, std::chrono::milliseconds quiet_max) : client_(std::move(client)), quiet_max_(quiet_max) { client_.begins_within(quiet_max_); }
  /// That of --server, else the one that listens in the ledger's folder, else none. Fails with: refused (no URL).
  static Result<std::shared_ptr<Remote>> find(const Context& context);

  /// Has the server run the context's command as if it were run here, and gives its exit code. `out` gets what it prints; when it returns
  /// false, nothing more is wanted of the server.
  Result<int> run(Context& context, const std::function<bool(std::string_view)>& out) const;
  /// The same, to the context's own output. What cannot be written is lost, and all else is done: that it was lost is told at the end.
  Result<int> run(Context& context) const;

  /// An answer whose body is all there is to it. An answer that is a problem fails as it would here.
  struct Got {
    HttpResponse response;
    std::string body;
  };
  Result<Got> get(const std::string& target, std::string_view accept) const;
  Result<Got> send(std::string_view method, const std::string& target, const std::string& json) const;

  /// Asks (POST `json`) for what lasts for as long as one stays: `begun` is called when it is granted, and it ends when `wanted` says false, or the
  /// server ends it. Fails where it is not granted, or broken off.
  Result<void> stay(const std::string& target, const std::string& json, const std::function<bool()>& wanted, const std::function<void()>& begun) const;

  /// What the errors of a server that cannot be reached, or that ends within its answer, have as their field.
  const std::string& name() const { return client_.name(); }

 private:
  struct Output {
    std::function<bool(std::string_view)> write;
    std::function<bool()> is_read;  ///< false: nobody would read what comes
  };
  Result<int> run(Context& context, const HttpClient& client, const Output& output) const;
  Result<Got> ask(std::string_view method, const std::string& target, const std::pair<std::string, std::string>& header, const std::string& body) const;

  HttpClient client_;
  std::chrono::milliseconds quiet_max_;
};

/// Does it; where that fails, does it once more if since the last look a server has taken the ledger or let it go.
template <class Do>
auto do_wherever_it_is(Context& context, Do act) -> decltype(act()) {
  auto result = act();
  if (result || !context.options.server.empty()) return result;
  auto found = Remote::find(context);
  if (!found || (*found == nullptr) == (context.remote == nullptr)) return result;
  context.remote = std::move(*found);
  return act();
}

}  // namespace chancery::cli
