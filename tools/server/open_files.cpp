#include "tools/server/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace chancery::server {
namespace {

// What the ledger's two databases may open; and webhooks, the owner's own connections, bodies in files, and what libraries have open.
constexpr rlim_t for_databases = 512, for_others = 128;

/// How many files may be open while so many are kept free.
rlim_t all_but(rlim_t kept_free) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return RLIM_INFINITY;
  return limit.rlim_cur > kept_free ? limit.rlim_cur - kept_free : 1;
}

}  // namespace

std::size_t connections_with_room(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
  }
  return static_cast<std::size_t>(std::min<rlim_t>(wanted, all_but(for_databases + for_others)));
}

bool leaves_room(int descriptor) { return static_cast<rlim_t>(descriptor) < all_but(for_databases); }

}  // namespace chancery::server
