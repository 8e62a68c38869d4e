#pragma once

#include "tools/chancery/command.hpp"
#include "tools/chancery/draft.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/chancery/writing.hpp"

namespace chancery::cli {

/// What `add`, `correct`, `retract` and `source` share: one event that is made on the command line and recorded.
struct OneEvent {
  EventDraft draft;
  bool fresh_id = false;  ///< where none is given: a new UUIDv7 instead of one made from the content
  bool dry_run = false;   ///< prints the event, records nothing
};

/// A record.* about an event, which no more readers may see than that event.
OneEvent about(const Event& named, std::string_view type, bool dry_run);
/// What stands in its own place on the command line, and the field that it gives.
struct Said {
  std::string_view option;
  std::vector<std::string_view> path;
  std::string raw;  ///< as JSON
};
/// Sets what options say, --visibility too. False: a FIELD=VALUE says something else. That is wrong usage, and is told.
Result<bool> set_options(Context& context, OneEvent& one, const std::vector<Said>& options);
/// Makes the event of its draft and of the options --zone and --as.
Result<Given> finish_draft(const Context& context, OneEvent& one);
/// Records it, or prints it, and says on stdout what became of it.
Result<int> record_one(Context& context, Ledger& ledger, const OneEvent& one, Given given);
/// The same where there may be no ledger yet.
Result<int> record_first(Context& context, const OneEvent& one, Given given);

/// The options of a command that makes one event: --dry-run, and --visibility as that of the new event.
void add_making(CLI::App* command, Context& context, bool& dry_run);
/// The positional FIELD=VALUE words.
CLI::Option* add_fields(CLI::App* command, std::vector<std::string>& words, const std::string& description);

}  // namespace chancery::cli
