#pragma once

#include <filesystem>
#include <optional>

#include "tools/chancery/command.hpp"

namespace chancery::cli {

/// A new folder in $TMPDIR that goes with the object, with all that is in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make();
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// What is checked against before anything is recorded: the ledger or, while there is none, an empty one in a temporary folder, so that
/// a command that records nothing in the end makes no ledger.
struct LedgerToCheck {
  std::optional<ScratchFolder> scratch;  ///< there is no ledger yet
  std::shared_ptr<Ledger> ledger;
};

Result<LedgerToCheck> open_to_check(Context& context, Access access);

}  // namespace chancery::cli
