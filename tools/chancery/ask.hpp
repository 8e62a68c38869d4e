#pragma once

#include <string>

#include "tools/chancery/command.hpp"
#include "tools/chancery/times.hpp"

/// From what was typed to a place in the two times, and from rows to JSON (interfaces.md).
namespace chancery::cli {

struct Question {
  std::string view, at, known;  ///< as typed
};

/// A view opened at a point of the two times.
struct Asked {
  std::shared_ptr<Ledger> ledger;
  ViewReader reader;
  Instant at{};
  Standpoint from;
  std::string zone;
};

Result<Asked> ask(Context& context, const Question& question);

/// Members of the envelope, without braces.
std::string envelope_with_at(const Asked& asked);
std::string envelope_with_key(const Asked& asked, std::string_view key);
/// `columns` are those of a row besides its state.
PrinterOptions printer_options(Context& context, const Asked& asked, std::string envelope, std::vector<std::string> columns);

std::string view_row(const Asked& asked, const AnswerRow& row, bool explain);
std::string timeline_row(const Asked& asked, const AnswerRow& row);
std::string history_row(const Asked& asked, const Row& row);

/// One object that has no rows, in the format asked for. `members` without braces.
void print_object(Context& context, const std::string& members);

}  // namespace chancery::cli
