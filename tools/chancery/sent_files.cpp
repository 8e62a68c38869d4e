#include "tools/chancery/sent_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <cerrno>
#include <cstring>

#include "core/big_endian.hpp"

namespace chancery::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t read_bytes = 64 * 1024, index_bytes = 4;

Error cannot_keep(const std::string& path, int number) {
  return {ErrorKind::disk, path, std::strerror(number), "a file for the lines that are refused, and room for them"};
}

}  // namespace

json::object error_object(const Error& error) {
  return {{"machine", error.kind == ErrorKind::disk}, {"field", error.field}, {"found", error.found}, {"allowed", error.allowed}};
}

Error error_in(const json::object& object) {
  const auto text = [&](std::string_view name) { return std::string(object.at(name).as_string()); };
  return {object.at("machine").as_bool() ? ErrorKind::disk : ErrorKind::refused, text("field"), text("found"), text("allowed")};
}

SentFiles::SentFiles(const Context& context) {
  for (const std::string& path : context.reads) {
    Result<Input> input = Input::open(path);
    if (!input) {
      unread_ = path;
      unread_because_ = input.error();
      break;
    }
    One one{std::move(*input), {}, File(), false, false, {}};
    one.rejected = one.input.rejected_path();
    if (context.keeps_rejected) open_rejected(one);
    files_.push_back(std::move(one));
  }
}

void SentFiles::open_rejected(One& one) {
  one.kept = File(::open(one.rejected.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  one.made = one.kept.open();
  if (one.made) return;
  struct stat status {};
  // What is there and no file may make whoever opens it wait: that is done when there is something to keep.
  if (errno == EEXIST && ::stat(one.rejected.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return;
  one.kept = File(::open(one.rejected.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!one.kept.open()) one.cannot_keep = cannot_keep(one.rejected, errno);
}

SentFiles::~SentFiles() {
  for (const One& one : files_) {
    const bool used = std::any_of(files_.begin(), files_.end(), [&](const One& other) { return other.used && other.rejected == one.rejected; });
    if (one.made && !used) ::unlink(one.rejected.c_str());
  }
}

json::array SentFiles::described() const {
  json::array all;
  for (const One& one : files_) {
    json::object file{{"name", one.input.name()}, {"rejected", one.rejected}, {"bytes", one.input.size()}};
    if (one.cannot_keep) file["cannot_keep"] = error_object(*one.cannot_keep);
    all.push_back(std::move(file));
  }
  if (unread_because_) all.push_back(json::object{{"name", unread_}, {"rejected", ""}, {"bytes", 0}, {"error", error_object(*unread_because_)}});
  return all;
}

std::uint64_t SentFiles::bytes() const {
  std::uint64_t bytes = 0;
  for (const One& one : files_) bytes += one.input.size();
  return bytes;
}

std::string SentFiles::names() const {
  std::string names;
  for (const One& one : files_) names += (names.empty() ? "" : ", ") + one.input.name();
  return names;
}

std::string SentFiles::next() {
  while (at_ < files_.size()) {
    const Input& input = files_[at_].input;
    std::string piece(std::min<std::uint64_t>(read_bytes, input.size() - done_), '\0');
    if (!piece.empty()) {
      const ssize_t got = ::pread(input.descriptor(), piece.data(), piece.size(), static_cast<off_t>(input.begin() + done_));
      if (got <= 0) throw MachineFailure({ErrorKind::disk, input.name(), "a file that ends too early", "a file that nobody changes meanwhile"});
      piece.resize(static_cast<std::size_t>(got));
      done_ += piece.size();
      return piece;
    }
    ++at_;
    done_ = 0;
  }
  return "";
}

std::string SentFiles::rejected_piece(std::size_t file, std::string_view bytes) {
  std::string piece;
  append_big_endian(piece, static_cast<std::uint32_t>(file));
  return piece += bytes;
}

std::string_view SentFiles::rejected_bytes(std::string_view piece) { return piece.substr(std::min(index_bytes, piece.size())); }

Result<void> SentFiles::keep(std::string_view piece) {
  const std::size_t index = piece.size() < index_bytes ? files_.size() : big_endian_at<std::uint32_t>(piece, 0);
  // A server names no file of ours but those beside what it was sent.
  if (index >= files_.size()) return failure(ErrorKind::disk, "server", "refused lines of a file that it was not sent", "those of one that it was");
  One& one = files_[index];
  if (!std::exchange(one.used, true)) {
    if (!one.kept.open()) one.kept = File(::open(one.rejected.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    else if (::ftruncate(one.kept.get(), 0) != 0) return Failure(cannot_keep(one.rejected, errno));
  }
  for (std::string_view bytes = rejected_bytes(piece); !bytes.empty();) {
    const ssize_t put = one.kept.open() ? ::write(one.kept.get(), bytes.data(), bytes.size()) : -1;
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failure(cannot_keep(one.rejected, errno));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace chancery::cli
