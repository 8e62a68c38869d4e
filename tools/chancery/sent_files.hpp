#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/chancery/command.hpp"
#include "tools/chancery/lines.hpp"

/// The files that go with a command to a server, on the side of whoever sends them.
namespace chancery::cli {

/// How an error is told between a command and its server.
boost::json::object error_object(const Error& error);
/// Throws std::exception where it is none.
Error error_in(const boost::json::object& object);

class SentFiles {
 public:
  /// Opens those that the command reads, up to the first that cannot be, of which the server is told instead. Where the command keeps
  /// refused lines, opens what they are kept in: whether they can be kept is known before anything is recorded.
  explicit SentFiles(const Context& context);
  SentFiles(const SentFiles&) = delete;
  /// Removes what was made for refused lines where there were none.
  ~SentFiles();

  /// What the server is told of them.
  boost::json::array described() const;
  std::uint64_t bytes() const;
  bool empty() const { return files_.empty(); }
  /// All names, for messages.
  std::string names() const;

  /// The next piece of them all, one after another; empty: all were read. Throws MachineFailure.
  std::string next();

  /// Keeps what the server says of refused lines: which file's, and bytes of them. Fails with: disk.
  Result<void> keep(std::string_view piece);
  static std::string rejected_piece(std::size_t file, std::string_view bytes);
  /// The bytes of such a piece.
  static std::string_view rejected_bytes(std::string_view piece);

 private:
  struct One {
    Input input;
    std::string rejected;
    File kept;
    bool made = false, used = false;   // of what its refused lines are kept in
    std::optional<Error> cannot_keep;
  };
  void open_rejected(One& one);

  std::vector<One> files_;
  std::string unread_;                   // the name of the one that cannot be opened,
  std::optional<Error> unread_because_;  // and why
  std::size_t at_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace chancery::cli
