#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tools/chancery/lines.hpp"

namespace chancery::bench {

/// A process of this program that serves a ledger of its own over loopback, and one client of it. Throws MachineFailure.
class Served {
 public:
  /// Makes the ledger.
  explicit Served(const std::filesystem::path& ledger);
  Served(const Served&) = delete;
  /// Has the server end, and waits for that.
  ~Served();

  /// Microseconds from sending an event until its answer is there: over one connection, each sent when the one before is answered.
  std::vector<double> append_one_by_one(std::size_t events);
  /// Microseconds from sending an event until a feed (Server-Sent Events) has brought it: so many events a second are sent, whether or
  /// not those before have come. One thread sends and reads; it sleeps between, as a client does, or polls so that its own waking is
  /// not measured.
  std::vector<double> deliver(std::size_t events, std::size_t per_second, bool polls);

 private:
  cli::File connect() const;
  std::string post(std::uint64_t number) const;

  std::string token_;
  std::uint16_t port_ = 0;
  pid_t server_ = -1;
  cli::File output_;  // the server's stdout
  std::uint64_t posted_ = 0;
};

}  // namespace chancery::bench
