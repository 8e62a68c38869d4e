#include "tools/chancery/lines.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace chancery::cli {
namespace {

constexpr std::size_t buffer_bytes = 1024 * 1024;
static_assert(buffer_bytes >= 2 * line_bytes_kept);
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr const char* stdin_name = "stdin";

Failure cannot_read(const std::string& name, int number) {
  return failure(ErrorKind::disk, name, std::string("a file that cannot be read on (") + std::strerror(number) + ")", "a file that can be read to its end");
}

Failure cannot_copy(const std::string& name, int number) {
  return failure(ErrorKind::disk, name, std::string("no temporary copy can be made (") + std::strerror(number) + ")",
                 "room in $TMPDIR: what is no regular file is copied there to be read twice");
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

ssize_t read_some(int descriptor, char* to, std::size_t bytes) {
  for (;;) {
    const ssize_t got = ::read(descriptor, to, bytes);
    if (got >= 0 || errno != EINTR) return got;
  }
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::filesystem::path temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

Result<Input> Input::open(const std::string& path) {
  Input input;
  input.name_ = path == "-" ? stdin_name : path;
  input.file_ = File(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input.file_.open()) {
    const std::string why = errno == ENOENT ? "no such file" : fmt::format("a file that cannot be read ({})", std::strerror(errno));
    return refused(input.name_, why, "a file that can be read, or - for stdin");
  }
  if (auto looked = input.look_at(); !looked) return Failure(looked.error());
  // Beside what is given by its descriptor there is no place, whatever it is.
  const bool has_place = input.regular_ && path != "-" && !path.starts_with("/dev/") && !path.starts_with("/proc/");
  input.rejected_path_ = (has_place ? path : std::filesystem::path(input.name_).filename().string()) + ".rejected";
  return input;
}

Result<Input> Input::of(std::string name, std::string rejected_path, int descriptor) {
  Input input;
  input.name_ = std::move(name);
  input.rejected_path_ = std::move(rejected_path);
  input.file_ = File(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!input.file_.open()) return cannot_read(input.name_, errno);
  if (auto looked = input.look_at(); !looked) return Failure(looked.error());
  return input;
}

Result<void> Input::look_at() {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return cannot_read(name_, errno);
  if (S_ISDIR(status.st_mode)) return refused(name_, "a folder", "a file of events, one a line");
  regular_ = S_ISREG(status.st_mode);
  if (!regular_) return copy();
  const off_t begin = ::lseek(file_.get(), 0, SEEK_CUR);
  begin_ = begin > 0 ? static_cast<std::uint64_t>(begin) : 0;
  const auto end = static_cast<std::uint64_t>(status.st_size);
  size_ = end > begin_ ? end - begin_ : 0;
  return {};
}

Result<void> Input::copy() {
  std::string path = (temporary_folder() / "chancery-XXXXXX").string();
  File copied(::mkostemp(path.data(), O_CLOEXEC));
  if (!copied.open()) return cannot_copy(name_, errno);
  ::unlink(path.c_str());
  std::vector<char> buffer(buffer_bytes);
  for (;;) {
    const ssize_t got = read_some(file_.get(), buffer.data(), buffer.size());
    if (got < 0) return cannot_read(name_, errno);
    if (got == 0) break;
    if (!write_all(copied.get(), {buffer.data(), static_cast<std::size_t>(got)})) return cannot_copy(name_, errno);
    size_ += static_cast<std::uint64_t>(got);
  }
  file_ = std::move(copied);
  return {};
}

Lines::Lines(const Input& input, std::uint64_t end)
    : input_(input), end_(end), buffer_(std::make_unique<char[]>(buffer_bytes)), file_offset_(input.begin()) {}

/// Moves what is left to the front and reads more behind it; false where there is no more. There must be room.
Result<bool> Lines::fill() {
  std::memmove(buffer_.get(), buffer_.get() + at_, filled_ - at_);
  filled_ -= at_;
  at_ = 0;
  const auto room = std::min<std::uint64_t>(buffer_bytes - filled_, end_ - std::min(end_, file_offset_));
  for (;;) {
    const ssize_t got = ::pread(input_.descriptor(), buffer_.get() + filled_, room, static_cast<off_t>(file_offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(input_.name(), errno);
    filled_ += static_cast<std::size_t>(got);
    file_offset_ += static_cast<std::uint64_t>(got);
    return got > 0;
  }
}

Result<bool> Lines::next(Line& line) {
  for (;;) {
    const Result<bool> more = next_any(line);
    if (!more || !*more) return more;
    if (line.too_long || !is_blank(line.text)) return true;
  }
}

Result<bool> Lines::next_any(Line& line) {
  line = Line{++number_, offset(), 0, {}, false};
  std::size_t searched = 0;  // bytes of the line that are in the buffer and hold no end
  for (;;) {
    const char* begin = buffer_.get() + at_;
    const std::size_t there = filled_ - at_;
    if (const void* found = std::memchr(begin + searched, '\n', there - searched)) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
      end_line(line, at_, at_ + length);
      at_ += length + 1;
      return true;
    }
    searched = there;
    if (line.too_long || searched > line_bytes_kept) {
      // Of a line that no event can be, only the length is wanted.
      line.too_long = true;
      line.bytes += searched;
      at_ = filled_;
      searched = 0;
    }
    const Result<bool> more = fill();
    if (!more) return more;
    if (!*more) {
      if (searched == 0 && !line.too_long) return false;
      end_line(line, at_, filled_);
      at_ = filled_;
      return true;
    }
  }
}

void Lines::end_line(Line& line, std::size_t from, std::size_t to) {
  line.bytes += to - from;
  line.too_long = line.too_long || line.bytes > line_bytes_kept;
  if (line.too_long) return;
  line.text = {buffer_.get() + from, to - from};
  if (line.number == 1 && line.text.starts_with(byte_order_mark)) {
    line.text.remove_prefix(byte_order_mark.size());
    line.offset += byte_order_mark.size();
    line.bytes -= byte_order_mark.size();
  }
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
}

}  // namespace chancery::cli
