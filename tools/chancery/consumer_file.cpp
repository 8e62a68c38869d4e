#include "tools/chancery/consumer_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace chancery::cli {
namespace {

constexpr std::size_t name_bytes_max = 64, digits = 20, file_bytes = digits + 1;

bool is_good(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= name_bytes_max && name.front() != '.' && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

Failure ConsumerFile::broken(const char* what) const { return failure(ErrorKind::disk, path_, what, "a file that can be written"); }

Result<ConsumerFile> ConsumerFile::open(const std::filesystem::path& ledger, const std::string& name) {
  if (!is_good(name)) return refused("--consumer", quoted(name), "1-64 of [A-Za-z0-9._-], no dot first");
  const std::filesystem::path folder = ledger / "consumers";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = (folder / name).string();
  const int file = error ? -1 : ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return failure(ErrorKind::disk, path, error ? error.message() : std::strerror(errno), "a file that can be written");
  ConsumerFile consumer(file, path);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return failure(ErrorKind::in_use, "--consumer", quoted(name) + ", as which another process follows", "another name, or when it has ended");
  }
  if (auto loaded = consumer.load(); !loaded) return Failure(loaded.error());
  return consumer;
}

ConsumerFile::ConsumerFile(ConsumerFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)), position_(other.position_), fresh_(other.fresh_) {}

ConsumerFile::~ConsumerFile() {
  if (file_ >= 0) ::close(file_);
}

Result<void> ConsumerFile::load() {
  char bytes[file_bytes + 1];
  const ssize_t size = ::pread(file_, bytes, sizeof bytes, 0);
  if (size < 0) return broken(std::strerror(errno));
  fresh_ = size == 0;
  if (fresh_) return {};
  const auto [end, error] = std::from_chars(bytes, bytes + size, position_);
  if (size != file_bytes || error != std::errc() || end != bytes + digits || *end != '\n') {
    return failure(ErrorKind::corrupt, path_, "a file that is no consumer's", "a position in 20 digits and a line end");
  }
  return {};
}

Result<void> ConsumerFile::save(Position position) {
  const std::string bytes = fmt::format("{:0{}}\n", position, digits);
  // So few bytes are one sector: the old position or the new one.
  if (::pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()) || ::fdatasync(file_) != 0) {
    return broken(std::strerror(errno));
  }
  position_ = position;
  fresh_ = false;
  return {};
}

}  // namespace chancery::cli
