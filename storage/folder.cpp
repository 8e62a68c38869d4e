#include "storage/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>

namespace chancery {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view format_words = "chancery ledger ", fresh_format = "format.new";
constexpr std::size_t small_file_bytes_max = 4096;
constexpr auto lock_poll = 20ms;
constexpr std::size_t head_bytes = 20 + 1 + 8 + 1;

Failure disk(const fs::path& path, int number) {
  return failure(ErrorKind::disk, path.string(), std::strerror(number), "a file that can be read and written");
}

/// The first bytes of a small file; nothing where it cannot be read.
std::optional<std::string> small_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text(small_file_bytes_max, '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  if (size < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<void> sync_path(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return disk(path, errno);
  const int failed = ::fsync(file) != 0 ? errno : 0;
  ::close(file);
  if (failed != 0) return disk(path, failed);
  return {};
}

/// 0: it is none.
int format_in(std::string_view text) {
  int version = 0;
  if (text.starts_with(format_words)) {
    std::from_chars(text.data() + format_words.size(), text.data() + text.size(), version);
  }
  return version;
}

Result<void> check_format(const fs::path& ledger, std::string_view text) {
  const fs::path path = ledger / "format";
  const int version = format_in(text);
  if (version <= 0) {
    return refused(path.string(), chancery::quoted(text), fmt::format("\"{}{}\"", format_words, ledger_format));
  }
  if (version > ledger_format) {
    return failure(ErrorKind::newer_format, path.string(), fmt::format("format {}", version),
                   fmt::format("up to {}; this ledger was written by a later version of chancery", ledger_format));
  }
  return {};
}

std::uint32_t checksum(std::string_view text) {
  std::uint32_t sum = 2166136261U;
  for (const char c : text) sum = (sum ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return sum;
}

Failure in_use(const std::string& path) {
  std::string owner = small_file(path).value_or("");
  owner.resize(std::min(owner.size(), owner.find('\n')));
  const std::size_t space = owner.find(' ');
  // Readers share the lock, and the last to sign it may have gone before the others: nobody is named then.
  int pid = 0;
  std::from_chars(owner.data(), owner.data() + std::min(owner.size(), space), pid);
  const bool nobody = pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH);
  const std::string who = nobody || space == std::string::npos
                              ? "another process"
                              : fmt::format("process {} ({})", owner.substr(0, space), owner.substr(space + 1));
  return failure(ErrorKind::in_use, "ledger", "in use by " + who, "one process at a time; wait for it or end it");
}

}  // namespace

fs::path log_folder(const fs::path& ledger) { return ledger / "db"; }
fs::path derived_folder(const fs::path& ledger) { return ledger / "derived"; }

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  const fs::path parent = fs::absolute(folder).parent_path();
  if (!fs::exists(parent, error)) {
    if (auto made = make_folder(parent); !made) return made;
  }
  fs::create_directory(folder, error);
  if (error) return failure(ErrorKind::disk, folder.string(), error.message(), "a folder that can be made");
  return sync_folder(parent);
}

Result<void> sync_folder(const fs::path& folder) { return sync_path(folder, O_RDONLY | O_DIRECTORY); }

Result<void> write_format(const fs::path& ledger) {
  // Whoever makes the same ledger at the same time has a name of its own, and writes the same.
  const fs::path fresh = ledger / fmt::format("{}{}", fresh_format, ::gettid());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return disk(fresh, errno);
  const std::string text = fmt::format("{}{}\n", format_words, ledger_format);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int number = errno;
  ::close(file);
  if (!written) return disk(fresh, number);
  if (::rename(fresh.c_str(), (ledger / "format").c_str()) != 0) return disk(fresh, errno);
  return sync_folder(ledger);
}

Result<void> raise_format(const fs::path& ledger) {
  const auto text = small_file(ledger / "format");
  return text && format_in(*text) < ledger_format ? write_format(ledger) : Result<void>();
}

Result<void> prepare_folder(const fs::path& ledger, bool create) {
  std::error_code error;
  const fs::file_status status = fs::status(ledger, error);
  if (status.type() == fs::file_type::not_found) {
    if (!create) {
      return failure(ErrorKind::not_found, "ledger", chancery::quoted(ledger.string()) + ", which does not exist", "the folder of a ledger");
    }
    if (auto made = make_folder(ledger); !made) return made;
    return write_format(ledger);
  }
  if (error) return failure(ErrorKind::disk, ledger.string(), error.message(), "a folder that can be read");
  if (status.type() != fs::file_type::directory) {
    return refused("ledger", chancery::quoted(ledger.string()) + ", which is not a folder", "the folder of a ledger");
  }
  if (const auto text = small_file(ledger / "format")) return check_format(ledger, *text);
  if (errno != ENOENT) return disk(ledger / "format", errno);
  fs::directory_iterator inside(ledger, error);
  if (error) return failure(ErrorKind::disk, ledger.string(), error.message(), "a folder that can be read");
  for (; inside != fs::directory_iterator(); inside.increment(error)) {
    if (inside->path().filename().string().starts_with(fresh_format)) continue;
    // Somebody else may have begun the ledger meanwhile; its format comes first.
    if (const auto text = small_file(ledger / "format")) return check_format(ledger, *text);
    return refused("ledger", chancery::quoted(ledger.string()) + ", a folder with other things in it and no file \"format\"",
                   "the folder of a ledger, or an empty one");
  }
  if (!create) {
    return failure(ErrorKind::not_found, "ledger", chancery::quoted(ledger.string()) + ", which is empty", "the folder of a ledger");
  }
  return write_format(ledger);
}

FolderLock::FolderLock(int file, std::string path, std::string command)
    : file_(file), path_(std::move(path)), command_(std::move(command)) {}
FolderLock::FolderLock(FolderLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)), command_(std::move(other.command_)) {}
FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(command_, other.command_);
  return *this;
}
FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

Result<FolderLock> FolderLock::take(const fs::path& ledger, Share share, std::chrono::milliseconds wait,
                                    const std::string& command) {
  const std::string path = (ledger / "lock").string();
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 && share == Share::shared && (errno == EACCES || errno == EROFS)) {
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return FolderLock(-1, path, command);
  }
  if (file < 0) return disk(path, errno);
  FolderLock lock(file, path, command);
  if (auto taken = lock.change(share, wait); !taken) return Failure(taken.error());
  return lock;
}

Result<void> FolderLock::change(Share share, std::chrono::milliseconds wait) {
  if (file_ < 0) {
    if (share == Share::shared) return {};
    return failure(ErrorKind::disk, path_, "a folder that cannot be written", "a folder that can be written");
  }
  const auto until = std::chrono::steady_clock::now() + wait;
  while (::flock(file_, (share == Share::alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return disk(path_, errno);
    if (std::chrono::steady_clock::now() >= until) return in_use(path_);
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(lock_poll, until - std::chrono::steady_clock::now()));
  }
  sign();
  return {};
}

void FolderLock::sign() {
  std::string text = fmt::format("{} {}", ::getpid(), command_);
  std::replace(text.begin(), text.end(), '\n', ' ');
  text += '\n';
  if (::ftruncate(file_, 0) == 0) [[maybe_unused]] const ssize_t written = ::pwrite(file_, text.data(), text.size(), 0);
}

Result<HeadFile> HeadFile::open(const fs::path& ledger) {
  const fs::path path = ledger / "head";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return disk(path, errno);
  return HeadFile(file);
}
HeadFile::HeadFile(HeadFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
HeadFile::~HeadFile() {
  if (file_ >= 0) ::close(file_);
}

void HeadFile::write(Position position) noexcept {
  std::array<char, head_bytes + 1> text{};
  char* end = fmt::format_to_n(text.data(), text.size(), "{:020}", position).out;
  const std::uint32_t sum = checksum({text.data(), end});
  fmt::format_to_n(end, 10, " {:08x}\n", sum);
  [[maybe_unused]] const ssize_t written = ::pwrite(file_, text.data(), head_bytes, 0);
}

Position HeadFile::read(const fs::path& ledger) {
  const std::string text = small_file(ledger / "head").value_or("");
  Position position = 0;
  if (text.size() != head_bytes || text.substr(20) != fmt::format(" {:08x}\n", checksum(text.substr(0, 20)))) return 0;
  std::from_chars(text.data(), text.data() + 20, position);
  return position;
}

}  // namespace chancery
