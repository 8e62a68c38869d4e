#include "tools/chancery/record_run.hpp"

#include <fmt/format.h>

#include <iostream>

namespace chancery::cli {
namespace {

std::string lines_of(std::uint64_t count) { return fmt::format("{} {}", count, count == 1 ? "line" : "lines"); }

std::string told(const Tally& tally, std::string_view fresh = "new") {
  std::string text = fmt::format("{}: {} {}, {} known already, {} refused", lines_of(tally.lines), tally.fresh, fresh, tally.known, tally.refused);
  if (tally.fresh > 0) text += fmt::format("; positions {} to {}", tally.first, tally.last);
  return text;
}

std::string stopped(const Recording& recording) {
  const std::string where = recording.last_line == 0 ? "before its first commit" : fmt::format("after line {}: what is committed stands", recording.last_line);
  return fmt::format("; it stopped {}, and the same command goes on from there", where);
}

}  // namespace

RecordRun::RecordRun(Context& context, const RecordRequest& request, Expectations expectations)
    : context_(context), request_(request), expectations_(std::move(expectations)) {
  if (context.format_given() && !request.dry_run) printer_ = make_result_printer(context);
}

int RecordRun::run() {
  int code = done;
  std::size_t files_done = 0;
  while (files_done < request_.files.size() && code == done) {
    code = file(files_done);
    if (code == done) ++files_done;
  }
  if (printer_) printer_->finish();
  if (request_.files.size() > 1) {
    std::string text = fmt::format("{} of {} files: {}", files_done, request_.files.size(), told(all_, request_.dry_run ? "would be new" : "new"));
    if (code != done && files_done + 1 < request_.files.size()) text += fmt::format("; {} and what follows it not tried", request_.files[files_done + 1]);
    context_.err() << text << '\n';
  }
  return code;
}

int RecordRun::file(std::size_t index) {
  const Result<Input> input = open_input(index);
  if (!input) return report(context_, input.error());
  if (auto opened = open(); !opened) return report(context_, opened.error());
  Rejected rejected(context_, *input, index);
  const Result<Checked> checked = check(*input, rejected);
  if (!checked) return report(context_, checked.error());
  const Tally& tally = checked->tally;
  if (tally.refused > 0 && !request_.options.skip_invalid) {
    context_.err() << fmt::format("{}: {}: {} refused; nothing of it was recorded\n", input->name(), lines_of(tally.lines), tally.refused);
    all_.lines += tally.lines;
    all_.refused += tally.refused;
    return was_refused;
  }
  if (auto holds = check_expectations(*checked); !holds) return report(context_, holds.error());
  if (tally.lines == 0) {
    context_.err() << input->name() << ": no events; nothing to record\n";
  } else if (request_.dry_run || tally.refused == tally.lines) {
    context_.err() << fmt::format("{}: {}; nothing was recorded{}\n", input->name(), told(tally, request_.dry_run ? "would be new" : "new"), request_.dry_run ? " (dry run)" : "");
    all_.add(tally);
  } else if (int code = append(*input, *checked); code != done) {
    return code;
  }
  if (rejected.any()) context_.err() << fmt::format("{}: the {} refused are kept in {}\n", input->name(), lines_of(tally.refused), rejected.path());
  return done;
}

/// A file of this machine, or one that came along with the command.
Result<Input> RecordRun::open_input(std::size_t index) const {
  const std::string& path = request_.files[index];
  if (!context_.around().ledger) return Input::open(path);
  if (index >= context_.around().files.size()) return refused("FILE", chancery::quoted(path), "a file that came with the command");
  const SentFile& sent = context_.around().files[index];
  if (sent.error) return Failure(*sent.error);
  return Input::of(sent.name, sent.rejected, sent.descriptor);
}

/// Opens the ledger for the first file, and makes it ready to check the next.
Result<void> RecordRun::open() {
  if (!target_) {
    Result<LedgerToCheck> opened = open_to_check(context_, request_.dry_run ? Access::read : Access::write);
    if (!opened) return Failure(opened.error());
    target_.emplace(std::move(*opened));
  }
  if (request_.dry_run && rehearsal_) return {};
  Result<std::unique_ptr<Rehearsal>> rehearsal = Rehearsal::begin(*target_->ledger, temporary_folder());
  if (!rehearsal) return Failure(rehearsal.error());
  rehearsal_ = std::move(*rehearsal);
  return {};
}

Result<Checked> RecordRun::check(const Input& input, Rejected& rejected) {
  const Complain complain = [&](const Line& line, const Error& error) -> Result<void> {
    context_.err() << fmt::format("{}:{}: {}\n", input.name(), line.number, error.message());
    return request_.options.skip_invalid && !request_.dry_run ? rejected.keep(line) : Result<void>();
  };
  const auto still = [&](const Recording& none) { return goes_on(input, none); };
  Result<Checked> checked = check_lines(input, request_.options, target_->ledger->last(), *rehearsal_, expectations_, complain, still);
  if (!request_.dry_run) rehearsal_.reset();
  if (auto kept = rejected.finish(); checked && !kept) return Failure(kept.error());
  return checked;
}

Result<void> RecordRun::check_expectations(const Checked& checked) {
  if (checked.tally.fresh == 0) return {};
  Result<std::vector<Expected>> holds = expectations_.check(*target_->ledger);
  if (!holds) return Failure(holds.error());
  pinned_ = std::move(*holds);
  expectations_.clear();
  return {};
}

/// Where the check had to do without a ledger, one is made now.
Result<void> RecordRun::open_to_write() {
  if (!target_->scratch) return {};
  target_.reset();
  Result<std::shared_ptr<Ledger>> ledger = context_.open(Access::write, true);
  if (!ledger) return Failure(ledger.error());
  target_.emplace().ledger = std::move(*ledger);
  return {};
}

int RecordRun::append(const Input& input, const Checked& checked) {
  if (auto opened = open_to_write(); !opened) return report(context_, opened.error());
  const auto begin = std::chrono::steady_clock::now();
  const auto committed = [&](const std::vector<AppendedEvent>& events) {
    if (!printer_) return;
    for (const AppendedEvent& event : events) printer_->row(result_row(event));
    context_.out().flush();
  };
  const auto still = [&](const Recording& so_far) { return goes_on(input, so_far); };
  Recording recording = append_lines(input, request_.options, checked, pinned_, *target_->ledger, committed, still);
  if (checked.tally.fresh > 0) pinned_.clear();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  recording.tally.lines += checked.tally.refused;
  recording.tally.refused = checked.tally.refused;
  all_.add(recording.tally);
  const int code = recording.error ? report(context_, *recording.error) : static_cast<int>(done);
  tell(input, recording, passed.count());
  return code;
}

/// Whoever waits is told what will be true if this is the last that is heard.
bool RecordRun::goes_on(const Input& input, const Recording& recording) const {
  const auto& ask = context_.around().goes_on;
  return !ask || ask(fmt::format("{}: {}{}", input.name(), told(recording.tally), stopped(recording)));
}

void RecordRun::tell(const Input& input, const Recording& recording, double seconds) {
  const Tally& tally = recording.tally;
  std::string text = fmt::format("{}: {}", input.name(), told(tally));
  if (tally.fresh > 0 && seconds > 0) text += fmt::format("; {:.0f} events/s", static_cast<double>(tally.fresh) / seconds);
  if (recording.error) {
    text += stopped(recording);
  } else if (tally.fresh == 0) {
    text += "; nothing new to record";
  }
  context_.err() << text << '\n';
}

}  // namespace chancery::cli
