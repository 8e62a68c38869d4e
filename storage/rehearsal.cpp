#include <unistd.h>

#include <fmt/format.h>

#include "storage/ledger_impl.hpp"
#include "storage/overlay.hpp"

namespace chancery {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// What a rehearsal remembers in memory before it spills. With the caches and write buffers of the scratch database, about 200 MB in all.
constexpr std::size_t overlay_bytes_max = 64UL << 20;

class RehearsalImpl final : public Rehearsal {
 public:
  RehearsalImpl(const LedgerImpl& ledger, fs::path scratch_parent)
      : ledger_(ledger), scratch_parent_(std::move(scratch_parent)), overlay_(ledger.reader()), recorded_at_(ledger.last_recorded_at()) {}

  ~RehearsalImpl() override {
    overlay_.reset();
    std::error_code error;
    if (!scratch_.empty()) fs::remove_all(scratch_, error);
  }

  Result<AppendedEvent> add(const Given& given) override {
    return guarded([&]() -> Result<AppendedEvent> {
      Result<Admission> admission = admit(given, overlay_);
      if (!admission) return Failure(admission.error());
      AppendedEvent event{admission->position, given.event.id, admission->stream, admission->revision, admission->fresh};
      if (!admission->fresh) return event;
      if (auto in_order = check_recorded_at(given); !in_order) return Failure(in_order.error());
      remember(given.event, *admission);
      return event;
    });
  }

  Result<void> end_of_commit() override {
    if (commit_) recorded_at_ = *commit_ ? **commit_ : std::max(recorded_at_ + 1us, ledger_.now());
    commit_.reset();
    return {};
  }

 private:
  Result<void> check_recorded_at(const Given& given) {
    const auto& instant = given.recorded_at;
    const auto shown = [](const std::optional<Instant>& when) { return when ? format_instant(*when) : std::string("none"); };
    if (commit_ && *commit_ != instant) {
      return refused("recorded_at", shown(instant) + " beside " + shown(*commit_) + " in one commit", "the same in all events of a commit");
    }
    if (!commit_ && instant) {
      if (auto good = check_given_instant(*instant, recorded_at_, ledger_.now()); !good) return good;
    }
    commit_ = instant;
    return {};
  }

  void remember(const Event& event, const Admission& admission) {
    if (event.stream == admission.stream) {
      overlay_.add(event, admission, false);
    } else {
      Event whole = event;
      whole.stream = admission.stream;
      overlay_.add(whole, admission, false);
    }
    if (overlay_.bytes() >= overlay_bytes_max) overlay_.spill(scratch());
  }

  /// The scratch folder, made when it is first needed.
  const fs::path& scratch() {
    if (!scratch_.empty()) return scratch_;
    std::string name = (scratch_parent_ / "rehearsal.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw MachineFailure({ErrorKind::disk, scratch_parent_.string(), "a folder in which nothing can be made", "a folder that can be written"});
    }
    return scratch_ = name;
  }

  const LedgerImpl& ledger_;
  const fs::path scratch_parent_;
  fs::path scratch_;
  Overlay overlay_;
  Instant recorded_at_;  // of the last commit
  std::optional<std::optional<Instant>> commit_;  // what the fresh events of the commit at hand were given with
};

}  // namespace

Result<std::unique_ptr<Rehearsal>> Rehearsal::begin(const Ledger& ledger, const fs::path& scratch_parent) {
  const auto* here = dynamic_cast<const LedgerImpl*>(&ledger);
  if (here == nullptr) return refused("ledger", "one that is not in a folder of this machine", "a ledger opened here");
  return guarded([&]() -> Result<std::unique_ptr<Rehearsal>> {
    return std::unique_ptr<Rehearsal>(std::make_unique<RehearsalImpl>(*here, scratch_parent));
  });
}

}  // namespace chancery
