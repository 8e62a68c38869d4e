#include "tools/format/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace chancery {
namespace {

constexpr std::size_t columns_unless_told = 80;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Screen screen_of(const std::ostream& out) {
  const int file = &out == &std::cout ? STDOUT_FILENO : &out == &std::cerr ? STDERR_FILENO : -1;
  if (file < 0 || isatty(file) == 0) return {};
  winsize size{};
  const bool told = ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const std::string_view kind = environment("TERM");
  const bool colour = environment("NO_COLOR").empty() && !kind.empty() && kind != "dumb";
  return {true, colour, told ? size.ws_col : columns_unless_told};
}

}  // namespace chancery
