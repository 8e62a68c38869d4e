#pragma once

#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/json/event_json.hpp"
#include "storage/ledger.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

/// Ledgers and events for the tests of storage/ and of crashes.
namespace chancery::test {

/// An event from its JSON; throws what is refused.
inline Given given(const std::string& json, bool preserve = false) {
  static thread_local EventReader reader;
  ReadOptions options;
  options.preserve_recorded = preserve;
  auto read = reader.read(json, options);
  if (!read) throw std::runtime_error(json + ": " + read.error().message());
  return std::move(*read);
}

inline std::vector<Given> all_given(const std::vector<std::string>& lines, bool preserve = false) {
  std::vector<Given> events;
  for (const std::string& line : lines) events.push_back(given(line, preserve));
  return events;
}

/// A statement with that id; `more` is further fields of the envelope, each with its comma before it.
inline std::string said(const std::string& id, const std::string& more = "", const std::string& speaker = "state:BLR") {
  return R"({"id":")" + id + R"(","type":"statement.made","occurred":"2025-01-01","data":{"speaker":")" + speaker + R"("})" + more + "}";
}
inline std::string in_stream(const std::string& id, const std::string& stream) { return said(id, R"(,"stream":")" + stream + '"'); }
inline std::string correction(const std::string& id, const std::string& of, const std::string& more = "") {
  return said(id, R"(,"corrects":")" + of + '"' + more);
}
inline std::string retraction(const std::string& id, const std::string& of, const std::string& more = "") {
  return R"({"id":")" + id + R"(","type":"record.retracted","retracts":")" + of + R"(","data":{"reason":"wrong"})" + more + "}";
}

/// A ledger in a folder of its own, open for writing.
class OpenLedger {
 public:
  explicit OpenLedger(LedgerOptions options = {}) : options_(std::move(options)) {
    options_.create = true;
    open();
  }
  void open() {
    auto opened = Ledger::open(path(), options_);
    if (!opened) throw std::runtime_error(opened.error().message());
    ledger_ = std::move(*opened);
  }
  void close() { ledger_.reset(); }
  void reopen() {
    close();
    open();
  }

  /// Appends the lines as one commit; throws what is refused.
  Appended append(const std::vector<std::string>& lines, const Condition& condition = {}) {
    auto appended = ledger_->append(all_given(lines), condition);
    if (!appended) throw std::runtime_error(appended.error().message());
    return std::move(*appended);
  }
  /// The error of an append that must fail.
  Error refusal(const std::vector<std::string>& lines, const Condition& condition = {}, bool preserve = false) {
    auto appended = ledger_->append(all_given(lines, preserve), condition);
    REQUIRE_FALSE(appended);
    return appended.error();
  }

  Ledger* operator->() { return ledger_.get(); }
  Ledger& operator*() { return *ledger_; }
  std::filesystem::path path() const { return folder_.path() / "ledger"; }
  const std::filesystem::path& parent() const { return folder_.path(); }
  LedgerOptions& options() { return options_; }

 private:
  TempFolder folder_;
  LedgerOptions options_;
  std::unique_ptr<Ledger> ledger_;
};

/// The positions that a filter selects.
inline std::vector<Position> selected(const Ledger& ledger, const Filter& filter, bool newest_first = false, Position from = 1,
                                      Position to = ~Position{0}) {
  std::vector<Position> positions;
  const auto done = ledger.select(filter, from, to, newest_first, [&](Recorded&& recorded) {
    positions.push_back(recorded.position);
    return true;
  });
  REQUIRE(done);
  return positions;
}

/// Everything a follower's store holds, as "key=value" in hexadecimal, one a line.
inline std::string contents(const Store& store) {
  std::ostringstream out;
  const auto cursor = store.cursor();
  for (cursor->seek(""); cursor->valid(); cursor->next()) {
    for (const std::string_view text : {cursor->key(), cursor->value()}) {
      for (const char c : text) out << std::hex << (static_cast<unsigned>(static_cast<unsigned char>(c)) | 0x100U);
      out << '=';
    }
    out << '\n';
  }
  return out.str();
}
inline std::string contents(const Ledger& ledger, std::string_view follower) {
  auto followed = ledger.followed(follower, ledger.last());
  REQUIRE(followed);
  return contents(*followed->store);
}

/// Counts the events of each type by reading what it wrote: it notices whatever is followed twice or not at all.
class Counter final : public Follower {
 public:
  explicit Counter(std::uint32_t version = 1, std::string name = "counter") : version_(version), name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  std::uint32_t version() const override { return version_; }
  void follow(const EventBatch& batch, const Log& /*log*/, WritableStore& store) override {
    for (const Recorded& recorded : batch.events) {
      if (recorded.position == fails_at) throw std::runtime_error("cannot follow this");
      const std::string before = store.get(recorded.event.type()).value_or("0");
      store.put(recorded.event.type(), std::to_string(std::stoull(before) + 1));
      followed += 1;
    }
  }
  std::atomic<Position> fails_at{0};
  std::atomic<std::uint64_t> followed{0};

 private:
  const std::uint32_t version_;
  const std::string name_;
};

}  // namespace chancery::test
