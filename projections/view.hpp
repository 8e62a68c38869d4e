#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "projections/projection.hpp"
#include "projections/state_path.hpp"

/// A view behind one interface: the engine handles states as bytes (equal states are equal bytes).
namespace chancery {

/// One row of a timeline as a fold makes it; it holds until the next one begins.
struct FoldedRow {
  Instant valid_from{};
  std::optional<Instant> certain_from;  ///< absent: one of its events carries a qualifier
  std::vector<Position> because;        ///< the events folded at that instant, in fold order; empty: a lapse alone
  std::string state;
  bool operator==(const FoldedRow&) const = default;
};

/// Folds one key's events in fold order, lapses included, into rows.
class Folder {
 public:
  virtual ~Folder() = default;
  /// All lapses due at or before `instant` take place. No event before `instant` may be folded after this.
  virtual void advance(Instant instant) = 0;
  /// The next event by (earliest, place in its chain).
  virtual void fold(const SeenEvent& event) = 0;
  /// Every lapse that is still to come takes place.
  virtual void finish() = 0;
  /// The state after the last step; empty before the first event.
  virtual std::optional<std::string> state() const = 0;
  /// The rows so far. Complete up to the last step's instant.
  virtual std::vector<FoldedRow> rows() = 0;
};

class View {
 public:
  virtual ~View() = default;
  virtual std::string_view name() const = 0;
  virtual std::uint32_t version() const = 0;
  /// Whether keys or states depend on what the reader sees of other events.
  virtual bool follows_links() const = 0;
  virtual std::vector<std::string> keys(const SeenEvent& event) const = 0;
  /// Folds on from `before`, the state after all steps up to some instant; absent: from nothing.
  virtual std::unique_ptr<Folder> folder(std::string_view key, const std::optional<std::string>& before) const = 0;
  /// All fields that a state may have, in their order, each before those below it and once.
  virtual std::vector<StatePath> paths() const = 0;
  /// Appends the state as JSON.
  virtual void write_state(std::string& out, std::string_view state) const = 0;
};

/// All views, in the order of time-and-views.md.
const std::vector<const View*>& all_views();
/// The view of that name. Refused with the names there are.
Result<const View*> find_view(std::string_view name);

}  // namespace chancery
