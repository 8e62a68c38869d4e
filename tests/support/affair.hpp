#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/json/event_json.hpp"
#include "core/occurred.hpp"
#include "projections/query.hpp"
#include "projections/followers.hpp"
#include "storage/ledger.hpp"
#include "tests/support/temp_folder.hpp"

/// A small ledger in a folder of its own, told in JSON lines: for tests of what views answer.
namespace chancery::test {

class Affair {
 public:
  Affair() { open(); }

  /// Records each line as a commit of its own.
  Affair& told(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) commit({line});
    return *this;
  }

  /// Records all lines as one commit; throws what the ledger refuses.
  Appended commit(const std::vector<std::string>& lines) {
    EventReader reader;
    std::vector<Given> events;
    for (const std::string& line : lines) {
      auto given = reader.read(line);
      if (!given) throw std::runtime_error(given.error().message());
      events.push_back(std::move(*given));
    }
    auto appended = ledger_->append(std::move(events));
    if (!appended) throw std::runtime_error(appended.error().message());
    return *appended;
  }

  /// Closes the ledger and opens it again.
  void reopen() {
    ledger_.reset();
    open();
  }

  Ledger& ledger() { return *ledger_; }

  ViewReader reader(std::string_view view) {
    auto reader = ViewReader::open(*ledger_, view, ledger_->last());
    if (!reader) throw std::runtime_error(reader.error().message());
    return std::move(*reader);
  }

  Standpoint from(std::optional<Position> known = {}, Visibility level = Visibility::restricted) {
    return {known.value_or(ledger_->last()), level};
  }

  /// The timeline of a key, a row a line: "FROM..TO because(1,2) STATE" with `?` for disputed.
  std::string timeline(std::string_view view, std::string_view key, std::optional<Position> known = {},
                       Visibility level = Visibility::restricted) {
    const ViewReader rows = reader(view);
    std::string out;
    const std::vector<AnswerRow> answer = rows.timeline(key, from(known, level)).value();
    for (const AnswerRow& row : answer) {
      out += format_instant(row.row.valid_from).substr(0, 10) + ".." +
             (row.row.valid_to ? format_instant(*row.row.valid_to).substr(0, 10) : "") + " because(";
      for (const Position event : row.row.because) out += std::to_string(event) + ",";
      if (!row.row.because.empty()) out.pop_back();
      out += row.disputed ? ")? " : ") ";
      rows.view().write_state(out, row.row.state);
      out += '\n';
    }
    return out;
  }

  /// The state of a key at a date (its end, UTC), as JSON; empty if there is no row.
  std::string state(std::string_view view, std::string_view key, std::string_view at, std::optional<Position> known = {},
                    Visibility level = Visibility::restricted) {
    const ViewReader rows = reader(view);
    std::string out;
    const auto answered = rows.at(resolve_occurred("at", at, "UTC")->latest, from(known, level), {std::string(key), {}},
                                  [&](AnswerRow&& row) {
                                    if (row.key == key) rows.view().write_state(out, row.row.state);
                                    return true;
                                  });
    if (!answered) throw std::runtime_error(answered.error().message());
    return out;
  }

 private:
  void open() {
    followers_ = view_followers();
    LedgerOptions options;
    options.create = true;
    for (const auto& follower : followers_) options.followers.push_back(follower.get());
    auto ledger = Ledger::open(folder_.path() / "ledger", options);
    if (!ledger) throw std::runtime_error(ledger.error().message());
    ledger_ = std::move(*ledger);
  }

  TempFolder folder_;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace chancery::test
