#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/chancery/expectations.hpp"
#include "tools/chancery/printed.hpp"
#include "tools/chancery/recording.hpp"
#include "tools/chancery/rejected.hpp"
#include "tools/chancery/scratch.hpp"

namespace chancery::cli {

struct RecordRequest {
  std::vector<std::string> files, expect;
  RecordOptions options;
  bool dry_run = false;
};

/// One run of `record` over its files, each checked and committed by itself, in order. It ends with the first that is refused: those
/// after it may need what that one would have brought.
class RecordRun {
 public:
  RecordRun(Context& context, const RecordRequest& request, Expectations expectations);
  /// Says on stderr what became of the files, and gives the exit code.
  int run();

 private:
  int file(std::size_t index);
  Result<Input> open_input(std::size_t index) const;
  int append(const Input& input, const Checked& checked);
  Result<void> open();
  Result<void> open_to_write();
  Result<Checked> check(const Input& input, Rejected& rejected);
  Result<void> check_expectations(const Checked& checked);
  bool goes_on(const Input& input, const Recording& recording) const;
  void tell(const Input& input, const Recording& recording, double seconds);

  Context& context_;
  const RecordRequest& request_;
  Expectations expectations_;
  std::vector<Expected> pinned_;  // what the ledger has of them, until the first commit that adds something
  std::optional<LedgerToCheck> target_;
  std::unique_ptr<Rehearsal> rehearsal_;  // of the file at hand; of a dry run, of all files
  std::unique_ptr<RowPrinter> printer_;
  Tally all_;
};

}  // namespace chancery::cli
