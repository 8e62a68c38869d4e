#include "tools/chancery/feed.hpp"

#include <stdio_ext.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace chancery::cli {
namespace {

constexpr int killed_by_signal = 128;  // what a shell adds to the number of the signal

/// A command that reads no more is told by write(). A handler and not SIG_IGN, which the command would inherit. Where whoever started
/// this process ignores its children, nobody would be told how the command ended.
void prepare_signals() {
  static const bool set = [] {
    std::signal(SIGPIPE, [](int) {});
    std::signal(SIGCHLD, SIG_DFL);
    return true;
  }();
  static_cast<void>(set);
}

}  // namespace

Result<Feed> Feed::start(const std::string& command) {
  prepare_signals();
  std::FILE* pipe = ::popen(command.c_str(), "we");
  if (!pipe) return failure(ErrorKind::disk, "--exec", std::strerror(errno), "a machine that can start a process");
  return Feed(pipe);
}

Feed::~Feed() {
  if (pipe_) static_cast<void>(::pclose(pipe_));
}

bool Feed::write(std::string_view text) { return std::fwrite(text.data(), 1, text.size(), pipe_) == text.size(); }

bool Feed::flush() { return std::fflush(pipe_) == 0; }

int Feed::finish() {
  // How a command that did not read all ended is its own word: what it left must not make pclose() fail.
  if (!flush()) ::__fpurge(pipe_);
  const int status = ::pclose(std::exchange(pipe_, nullptr));
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return killed_by_signal + (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

}  // namespace chancery::cli
