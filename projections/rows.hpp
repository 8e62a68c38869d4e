#pragma once

#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "core/instant.hpp"
#include "storage/store.hpp"

/// How a view lies in its store. Every entry's key is
///
///   kind (1 byte), level (1 byte), key of the view, 0x00, then by kind
///     O  open row       valid_from            -> OpenRow
///     H  closed row     valid_from known_from -> ClosedRow
///     F  live fact      earliest place        -> LiveFact
///     G  past fact      event known_from      -> PastFact
///     M  fork mark      (nothing)             -> (nothing)
///     C  overdraft      (nothing)             -> Overdraft
///     A  folding mark   (nothing)             -> the commit from which on its rows are no longer kept
///
/// with instants and positions as 8 bytes, most significant first, instants with the sign bit turned, so that bytes sort as times do.
/// Levels below restricted hold only the keys that have forked: those for which such a reader is told something else than one who sees
/// all, from the first event on that makes the difference. Everything about the other keys is read at restricted.
///
/// A key whose rows cost too much to keep (refold.hpp) gets a folding mark: its open rows stay as they stood before that commit, where
/// their known_to is, and what is known from then on is folded from its facts (key_rows.hpp).
namespace chancery {

constexpr Position still = std::numeric_limits<Position>::max();  ///< known_to of what is still so

/// A rectangle over two times: this row was believed from known_from (inclusive) to known_to (exclusive), both ends of commits.
struct Row {
  Instant valid_from{};
  std::optional<Instant> valid_to, certain_from;
  Position known_from = 0, known_to = still;
  std::vector<Position> because;
  std::string state;

  bool known_at(Position known) const { return known_from <= known && known < known_to; }
  bool valid_at(Instant at) const { return valid_from <= at && (!valid_to || at < *valid_to); }
  static constexpr auto fields() {
    return std::tuple{shown("valid_to", &Row::valid_to),     shown("certain_from", &Row::certain_from),
                      shown("known_from", &Row::known_from), shown("known_to", &Row::known_to),
                      shown("because", &Row::because),       shown("state", &Row::state)};
  }
};

/// That an event was, or is, part of what a key is folded from.
struct Fact {
  Instant earliest{};
  Position place = 0;  ///< the first event of its chain that the reader sees
  Position event = 0;
  Position known_from = 0, known_to = still;  ///< equal: it touched the key and was never live at the end of a commit

  static constexpr auto fields() {
    return std::tuple{shown("earliest", &Fact::earliest), shown("place", &Fact::place), shown("event", &Fact::event),
                      shown("known_from", &Fact::known_from), shown("known_to", &Fact::known_to)};
  }
};

/// What a key's rows have cost beyond what its events have earned (refold.hpp).
struct Overdraft {
  std::uint64_t spent = 0;
  std::uint64_t allowed = 0;  ///< until its events are counted again

  static constexpr auto fields() { return std::tuple{shown("spent", &Overdraft::spent), shown("allowed", &Overdraft::allowed)}; }
};

/// The entries of one view, read. Costs are those of seeks in the store. For one thread; a `visit` of facts may read rows through the same
/// reader, but no facts.
class RowReader {
 public:
  explicit RowReader(const Store& store) : store_(store) {}

  /// Whether the key has rows of its own at this level; always true at restricted.
  bool forked(Visibility level, std::string_view key) const;
  /// Whether any key has forked at this level.
  bool any_fork(Visibility level) const;
  /// The level whose entries tell this key to a reader of `level`.
  Visibility told_at(Visibility level, std::string_view key) const;

  /// The commit from which on the key's rows are folded when asked for.
  std::optional<Position> folded_from(Visibility level, std::string_view key) const;
  std::optional<Overdraft> overdraft(Visibility level, std::string_view key) const;

  /// The first `limit` open rows with valid_from at or after `from`, in order.
  std::vector<Row> open_rows(Visibility level, std::string_view key, Instant from, std::size_t limit) const;
  /// The last open row with valid_from before `instant`.
  std::optional<Row> open_row_before(Visibility level, std::string_view key, Instant instant) const;
  /// Live facts at or after `from`, by (earliest, place), until `visit` returns false.
  void live_facts(Visibility level, std::string_view key, Instant from, const std::function<bool(const Fact&)>& visit) const;
  /// Every fact there ever was, in no order.
  void facts(Visibility level, std::string_view key, const std::function<void(const Fact&)>& visit) const;
  /// Every event that ever touched the key, in order of position.
  std::vector<Position> touching(Visibility level, std::string_view key) const;

  /// The row that is so at `at` as known at `known`. This and the two below know nothing of the folding mark: see key_rows.hpp.
  std::optional<Row> row_at(Visibility level, std::string_view key, Instant at, Position known) const;
  /// Rows as known at `known` with valid_from in (after, upto], by valid_from; absent: without that bound.
  std::vector<Row> rows_between(Visibility level, std::string_view key, Position known, std::optional<Instant> after,
                                std::optional<Instant> upto) const;
  /// Every rectangle with known_from at or before `known`, by (known_from, valid_from).
  std::vector<Row> rectangles(Visibility level, std::string_view key, Position known) const;

  /// The keys that begin with `prefix`, come after `after` and have a row at this level, bytewise, each with the level whose entries tell
  /// it, until `visit` returns false. A seek or two for each.
  void keys(Visibility level, std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view key, Visibility told_at)>& visit) const;
  /// Those of these keys that come up to `upto`, the last first.
  void keys_back(Visibility level, std::string_view prefix, std::string_view upto,
                 const std::function<bool(std::string_view key, Visibility told_at)>& visit) const;

 private:
  std::optional<Row> row_among(char kind, Visibility level, std::string_view key, Instant at, Position known) const;
  using AtLevels = std::array<std::optional<bool>, all_levels.size()>;
  bool any(char kind, Visibility level, AtLevels& known) const;
  /// One cursor for rows and one for facts, which all look-ups share, one after another: making one costs more than a seek.
  Cursor& cursor() const;
  template <class Visit>
  void each_entry(std::string_view prefix, std::string_view from, Visit&& visit) const;

  const Store& store_;
  mutable std::unique_ptr<Cursor> cursor_, fact_cursor_;
  mutable AtLevels any_fork_, any_folded_;
  friend class RowWriter;
};

/// The same, written.
class RowWriter {
 public:
  explicit RowWriter(WritableStore& store) : store_(store), reader_(store) {}
  const RowReader& reader() const { return reader_; }
  void open_row(Visibility level, std::string_view key, const Row& row);
  /// Moves an open row to the closed ones: it is no longer believed from `known_to` on.
  void close_row(Visibility level, std::string_view key, Row row, Position known_to);
  /// The closed rows, which are gone then.
  std::vector<Row> take_closed(Visibility level, std::string_view key);
  void add_fact(Visibility level, std::string_view key, const Fact& fact);
  void end_fact(Visibility level, std::string_view key, Fact fact, Position known_to);
  /// The live fact at (earliest, place); throws MachineFailure (corrupt) if there is none.
  Fact fact_at(Visibility level, std::string_view key, Instant earliest, Position place) const;
  void note_touch(Visibility level, std::string_view key, const Fact& fact);
  void set_overdraft(Visibility level, std::string_view key, const Overdraft& overdraft);
  /// From the commit that ends at `commit_last` on, the key's rows are no longer kept.
  void fold_from(Visibility level, std::string_view key, Position commit_last);
  /// Gives a lower level entries of its own for this key, those of restricted as they stand.
  void fork(Visibility level, std::string_view key);

 private:
  WritableStore& store_;
  RowReader reader_;
};

}  // namespace chancery
