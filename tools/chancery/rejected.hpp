#pragma once

#include <string>

#include "tools/chancery/lines.hpp"

namespace chancery::cli {

/// Where the lines that `--skip-invalid` leaves out are kept, as they were: FILE.rejected, made anew when the first comes.
class Rejected {
 public:
  explicit Rejected(const Input& input) : input_(input) {}
  /// Fails with: disk.
  Result<void> keep(const Line& line);
  /// Brings them to the disk. Fails with: disk.
  Result<void> finish();
  bool any() const { return file_.open(); }
  std::string path() const { return input_.rejected_path(); }

 private:
  Result<void> write(std::string_view bytes);

  const Input& input_;
  File file_;
};

}  // namespace chancery::cli
