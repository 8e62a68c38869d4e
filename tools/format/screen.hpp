#pragma once

#include <cstddef>
#include <iosfwd>

namespace chancery {

/// What is known of the place where text is shown.
struct Screen {
  bool terminal = false;
  bool colour = false;      ///< a terminal that takes it, and NO_COLOR is not set
  std::size_t columns = 0;  ///< how wide it is; 0: as wide as need be
};

/// That of std::cout or std::cerr; any other stream is no terminal.
Screen screen_of(const std::ostream& out);

}  // namespace chancery
