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

  /// Microseconds from sending an event until its answer is there: over one connection, each sent when the one before is answered.
  std::vector<double> append_one_by_one(std::size_t events);
  /// Microseconds from when an event was to be sent until a feed (Server-Sent Events) has brought it: so many a second are due, whether
  /// or not those before have come. One that all eight connections are too busy for is sent late, which counts. One thread sends and
  /// reads; it sleeps between, as a client does, or polls so that its own waking is not measured.
  std::vector<double> deliver(std::size_t events, std::size_t per_second, bool polls);

 private:
  /// Ends with this, and is waited for.
  struct Process {
    Process() = default;
    Process(const Process&) = delete;
    ~Process();
    pid_t id = -1;
  };
  cli::File connect() const;
  std::string post(std::uint64_t number) const;

  std::string token_;
  std::uint16_t port_ = 0;
  Process server_;
  cli::File output_;  // the server's stdout
  std::uint64_t posted_ = 0;
};

}  // namespace chancery::bench
