#include "tools/server/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace chancery::server {
namespace {

// The ledger's two databases, webhooks, the owner's own connections, and what libraries have open.
constexpr rlim_t kept_free = 640;
constexpr rlim_t files_a_connection = 2;

}  // namespace

std::size_t connections_with_room(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  rlimit raised{limit.rlim_max, limit.rlim_max};
  if (limit.rlim_cur < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  if (limit.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t room = limit.rlim_cur > kept_free ? (limit.rlim_cur - kept_free) / files_a_connection : 1;
  return static_cast<std::size_t>(std::min<rlim_t>(wanted, std::max<rlim_t>(room, 1)));
}

}  // namespace chancery::server
