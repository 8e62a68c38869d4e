#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "tools/chancery/run.hpp"

namespace {

/// A standard descriptor that is closed would be given to the next file opened, which may be one of the ledger's: it is taken by one that
/// cannot be used.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    if (::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) != descriptor) std::_Exit(chancery::cli::machine_failed);
  }
}

/// A write that cannot be done fails, and is told as any other failure, instead of ending the process.
void let_writes_fail() { std::signal(SIGXFSZ, SIG_IGN); }

}  // namespace

int main(int argc, char** argv) {
  using namespace chancery;
  hold_standard_descriptors();
  let_writes_fail();
  std::ios::sync_with_stdio(false);
  cli::Context context;
  return cli::run(context, std::vector<std::string>(argv + 1, argv + argc));
}
