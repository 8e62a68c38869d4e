#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"

/// Files of lines that are read more than once, in bounded memory whatever is in them.
namespace chancery::cli {

/// A file descriptor that is closed with it.
class File {
 public:
  explicit File(int descriptor = -1) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

/// Where temporary files belong: $TMPDIR, else /tmp.
std::filesystem::path temporary_folder();

/// What is read: a regular file where it is, anything else (a pipe, stdin) as a temporary copy that has no name.
class Input {
 public:
  /// `-` is stdin. Fails with: refused (no such file, a folder, a file that may not be read), disk.
  static Result<Input> open(const std::string& path);
  /// A file that is open already: what messages call it, and where its refused lines are kept.
  static Result<Input> of(std::string name, std::string rejected_path, int descriptor);

  /// What messages call it.
  const std::string& name() const { return name_; }
  /// Where lines that are refused are kept: beside a file, for anything else in the current folder.
  const std::string& rejected_path() const { return rejected_path_; }
  int descriptor() const { return file_.get(); }
  /// Where its first line begins.
  std::uint64_t begin() const { return begin_; }
  /// How many bytes it has from there, as far as the machine says; 0: unknown.
  std::uint64_t size() const { return size_; }

 private:
  Result<void> look_at();
  Result<void> copy();

  File file_;
  std::string name_, rejected_path_;
  bool regular_ = false;
  std::uint64_t begin_ = 0, size_ = 0;
};

struct Line {
  std::uint64_t number = 0;           ///< from 1, blank lines counted
  std::uint64_t offset = 0;           ///< of its first byte in the file
  std::uint64_t bytes = 0;            ///< without its `\n`
  std::string_view text;              ///< without its end (`\n` or `\r\n`); empty where it is too long
  bool too_long = false;              ///< longer than line_bytes_kept: no event can be
};

/// Longer lines are counted, not kept. Above what a line with its output fields can have.
constexpr std::size_t line_bytes_kept = 128 * 1024;

/// The lines of an input from its beginning, without blank ones and without a byte order mark. Memory: about a megabyte.
class Lines {
 public:
  /// Ends at `end` (an offset in the file) at the latest.
  explicit Lines(const Input& input, std::uint64_t end = UINT64_MAX);
  /// The next line, valid until the next call; false at the end. Fails with: disk (the file cannot be read on).
  Result<bool> next(Line& line);
  /// How far it has read.
  std::uint64_t offset() const { return file_offset_ - (filled_ - at_); }

 private:
  Result<bool> next_any(Line& line);
  Result<bool> fill();
  void end_line(Line& line, std::size_t from, std::size_t to);

  const Input& input_;
  const std::uint64_t end_;
  std::unique_ptr<char[]> buffer_;
  std::size_t at_ = 0, filled_ = 0;
  std::uint64_t file_offset_, number_ = 0;
};

}  // namespace chancery::cli
