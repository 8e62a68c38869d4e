#include "tools/chancery/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tools/chancery/lines.hpp"

namespace chancery::cli {

Result<ScratchFolder> ScratchFolder::make() {
  std::string path = (temporary_folder() / "chancery-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    return failure(ErrorKind::disk, temporary_folder().string(), std::strerror(errno), "a folder for temporary files ($TMPDIR)");
  }
  return ScratchFolder(path);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<LedgerToCheck> open_to_check(Context& context, Access access) {
  LedgerToCheck opened;
  Result<std::shared_ptr<Ledger>> ledger = context.open(access);
  if (!ledger && ledger.error().kind == ErrorKind::not_found) {
    Result<ScratchFolder> folder = ScratchFolder::make();
    if (!folder) return Failure(folder.error());
    LedgerOptions options;
    options.create = true;
    ledger = Ledger::open(folder->path() / "ledger", options);
    opened.scratch.emplace(std::move(*folder));
  }
  if (!ledger) return Failure(ledger.error());
  opened.ledger = std::move(*ledger);
  return opened;
}

}  // namespace chancery::cli
