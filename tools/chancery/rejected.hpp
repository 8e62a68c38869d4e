#pragma once

#include <string>

#include "tools/chancery/command.hpp"
#include "tools/chancery/lines.hpp"

namespace chancery::cli {

/// Where the lines that `--skip-invalid` leaves out are kept, as they were: FILE.rejected, made anew when the first comes, or
/// where the surroundings say.
class Rejected {
 public:
  /// `file`: which of the command's files it is, from 0.
  Rejected(const Context& context, const Input& input, std::size_t file) : context_(context), input_(input), index_(file) {}
  /// Fails with: disk.
  Result<void> keep(const Line& line);
  /// Brings them to the disk. Fails with: disk.
  Result<void> finish();
  bool any() const { return any_; }
  const std::string& path() const { return input_.rejected_path(); }

 private:
  Result<void> write(std::string_view bytes);

  const Context& context_;
  const Input& input_;
  const std::size_t index_;
  bool any_ = false;
  File file_;
};

}  // namespace chancery::cli
