#include "storage/scheduling.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace chancery {
namespace {

constexpr int later_niceness = 5;
constexpr std::uint64_t short_spell_ns = 100'000;

/// As sched_setattr(2) takes it; the kernel's header cannot be included beside <sched.h>.
struct Attributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
};
static_assert(sizeof(Attributes) == 48);

/// A slice of 0 is the system's own.
void set_slice(std::uint64_t nanoseconds) {
  if (::sched_getscheduler(0) != SCHED_OTHER) return;
  Attributes attributes{};
  attributes.size = sizeof attributes;
  attributes.policy = SCHED_OTHER;
  attributes.nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  attributes.runtime = nanoseconds;
  static_cast<void>(::syscall(SYS_sched_setattr, 0, &attributes, 0));
}

}  // namespace

void run_in_short_spells() { set_slice(short_spell_ns); }
void run_in_usual_spells() { set_slice(0); }

void let_others_run() { static_cast<void>(::sched_yield()); }

void run_after_others() { static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), later_niceness)); }

}  // namespace chancery
