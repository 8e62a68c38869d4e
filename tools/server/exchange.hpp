#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/ledger.hpp"
#include "tools/chancery/lines.hpp"
#include "tools/server/http.hpp"
#include "tools/server/pipe.hpp"
#include "tools/server/tokens.hpp"

/// One request and what becomes of it, between the connections and the routes.
namespace chancery::server {

/// Who asks.
struct Caller {
  std::string name;          ///< that of the token; empty for the owner and for nobody
  Role role = Role::reader;
  bool owner = false;        ///< through the socket in the ledger's folder
  bool known = false;        ///< the owner, or whoever has a token
  Visibility level() const { return level_of(role); }
};

/// Follows events for ever: what a connection sends piece by piece.
struct FollowEvents {
  Query query;
  Position after = 0;
};

/// Follows the rows of a view.
struct FollowView {
  std::string view;
  Position after = 0;         ///< the end of a commit
  Position commit = 0;        ///< of the changes by the commit that ends there,
  std::size_t seen = 0;       ///< so many were seen already
};

struct Reply {
  Reply() = default;
  explicit Reply(Answer whole) : answer(std::move(whole)) {}
  Answer answer;                      ///< its body is all there is, unless one of these follows
  std::shared_ptr<Pipe> pipe;
  std::shared_ptr<FollowEvents> follow_events;
  std::shared_ptr<FollowView> follow_view;
  std::shared_ptr<void> held;         ///< what whoever asked has for as long as it stays: the answer goes on until then
  Visibility level = Visibility::public_;  ///< of who follows
};

struct Exchange : std::enable_shared_from_this<Exchange> {
  Request request;
  Caller caller;
  std::map<std::string, std::string, std::less<>> path;  ///< values of the route's {names}
  cli::File spool;                                        ///< the body, where the route wants it as a file
  std::function<void(Reply)> respond;                     ///< any thread; the first answer counts
  std::atomic<bool> left{false};                          ///< who asked is gone: what is only read for an answer need not be; any thread
  bool to_commit = false;                                 ///< what it submitted waits until the connection's thread commits it

  /// What a parameter of the path is.
  const std::string& at(std::string_view name) const { return path.find(name)->second; }
};

}  // namespace chancery::server
