#pragma once

/// What a thread asks of the system's scheduler. Where that does not grant it, all threads are alike.
namespace chancery {

/// The calling thread works in short spells that others wait for: when it wakes, it need not wait until a long one's time is over
/// (sched_setattr(2) with a slice of 0.1 ms; Linux 6.12). Threads that it starts inherit that. Nothing changes where somebody chose
/// another policy than the usual one.
void run_in_short_spells();
/// The calling thread works as long as it needs, whoever started it.
void run_in_usual_spells();
/// The calling thread does what can wait: niceness 5.
void run_after_others();
/// The calling thread lets whoever waits for its core go first, once. Cheap where nobody does.
void let_others_run();

}  // namespace chancery
