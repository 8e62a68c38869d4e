#include "tools/chancery/rejected.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace chancery::cli {
namespace {

Failure cannot(const std::string& path, int number) {
  return failure(ErrorKind::disk, path, std::strerror(number), "a file for the lines that are refused, and room for them");
}

}  // namespace

Result<void> Rejected::keep(const Line& line) {
  any_ = true;
  if (context_.around().keep_rejected) {
    if (const auto& cannot_keep = context_.around().files[index_].cannot_keep) return Failure(*cannot_keep);
  } else {
    if (!file_.open()) file_ = File(::open(path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file_.open()) return cannot(path(), errno);
  }
  std::array<char, 64 * 1024> buffer;
  for (std::uint64_t offset = line.offset, end = line.offset + line.bytes; offset < end;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), end - offset);
    const ssize_t got = ::pread(input_.descriptor(), buffer.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return cannot(input_.name(), got < 0 ? errno : EIO);
    if (auto written = write({buffer.data(), static_cast<std::size_t>(got)}); !written) return written;
    offset += static_cast<std::uint64_t>(got);
  }
  return write("\n");
}

Result<void> Rejected::write(std::string_view bytes) {
  if (const auto& keep = context_.around().keep_rejected) {
    keep(index_, bytes);
    return {};
  }
  while (!bytes.empty()) {
    const ssize_t put = ::write(file_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return cannot(path(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> Rejected::finish() {
  if (file_.open() && ::fsync(file_.get()) != 0 && errno != EINVAL) return cannot(path(), errno);
  return {};
}

}  // namespace chancery::cli
