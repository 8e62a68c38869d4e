#pragma once

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/crash/faulty_disk.hpp"
#include "tests/storage/open_ledger.hpp"

/// A ledger whose process was killed, and what can befall its write-ahead log.
namespace chancery::test {

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The bytes of a file but for the zeros it ends in.
inline std::uint64_t written_bytes(const std::filesystem::path& path) { return bytes_of(path).find_last_not_of('\0') + 1; }

/// The file of a ledger's write-ahead log that holds most.
inline std::filesystem::path wal_of(const std::filesystem::path& ledger) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(ledger / "db")) {
    if (entry.path().extension() == ".log" && (found.empty() || written_bytes(entry.path()) > written_bytes(found))) found = entry.path();
  }
  return found;
}

inline void flip(const std::filesystem::path& path, std::uint64_t bit) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(bit / 8));
  const char byte = static_cast<char>(file.get() ^ (1 << (bit % 8)));
  file.seekp(static_cast<std::streamoff>(bit / 8));
  file.put(byte);
}

/// A folder as a killed process leaves it: 60 events in the write-ahead log and what `more` wrote after them, nothing in tables.
struct Killed {
  FaultyEnv faulty;
  OpenLedger ledger;
  std::filesystem::path log;
  std::uint64_t size_of_60 = 0;  ///< of the log

  explicit Killed(const std::function<void(OpenLedger&)>& more = {}) : ledger(options()) {
    for (int i = 1; i <= 60; ++i) ledger.append({said("e" + std::to_string(i))});
    REQUIRE(ledger->settle());
    log = wal_of(ledger.path());
    size_of_60 = written_bytes(log);
    REQUIRE(size_of_60 > 5000);
    if (more) more(ledger);
    faulty.disk->cut_power();
    ledger.close();
  }
  /// Keeps the folder as it is, and has each round begin with it.
  void begin_again() {
    const std::filesystem::path whole = ledger.parent() / "whole";
    if (!std::filesystem::exists(whole)) std::filesystem::copy(ledger.path(), whole, std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(ledger.path());
    std::filesystem::copy(whole, ledger.path(), std::filesystem::copy_options::recursive);
  }
  LedgerOptions options() {
    LedgerOptions made;
    made.env = faulty.env.get();
    return made;
  }
  Result<std::unique_ptr<Ledger>> open(Access access = Access::write) {
    LedgerOptions made;
    made.access = access;
    return Ledger::open(ledger.path(), made);
  }
};

}  // namespace chancery::test
