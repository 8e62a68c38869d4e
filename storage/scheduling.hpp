#pragma once

/// What a thread asks of the system's scheduler. Where that does not grant it, all threads are alike.
namespace chancery {

/// The calling thread works in short spells that others wait for: when it wakes, it need not wait until a long one's time is over
/// (sched(7): sched_setattr with a slice of 0.1 ms; Linux 6.12).
void run_in_short_spells();
/// The calling thread does what can wait: niceness 5.
void run_after_others();

}  // namespace chancery
