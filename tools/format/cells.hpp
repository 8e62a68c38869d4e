#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The fields of one row, which is a JSON object as text, laid side by side.
namespace chancery {

struct Cell {
  std::string column;  ///< dotted path ("held.low")
  std::string text;
  bool number = false;
  bool hollow = false;   ///< null or {}: where another row has an object here, this is no column
  bool instant = false;  ///< it was shown in a zone
};

/// As CSV has them (format.hpp), nothing lost. `state.` is left out of the columns, here and below.
std::vector<Cell> exact_cells(std::string_view row);

/// As people read them: instants local in `zone`, `{low, high}` as "1,248 to 1,348", lists with commas.
std::vector<Cell> readable_cells(std::string_view row, std::string_view zone);

/// A value in one line of words: as a readable cell, and objects as "what: release, about: hostages".
std::string readable(std::string_view json, std::string_view zone);

/// Who puts values into words otherwise than for a terminal: what stands between texts and names is commas and the like.
struct Speech {
  std::function<std::string(std::string_view field, std::string_view text)> text;  ///< a text, as it is, of a field of that name
  std::function<std::string(std::string_view name)> name;                          ///< the name of a field inside a value
};
/// Fit to be shown there; instants local in `zone`.
Speech speech_for_terminals(std::string_view zone);
/// The value of a field of that name, and the cells of a row, so put. Columns are paths of names as they are.
std::string readable(std::string_view json, std::string_view field, const Speech& speech);
std::vector<Cell> readable_cells(std::string_view row, const Speech& speech);

/// A range in words: "52", "1,248 to 1,348", "52 or more"; empty where nothing is known. `high` is JSON, and may be null.
std::string range_in_words(std::string_view low, std::string_view high);

/// An RFC 3339 instant as the local date, with the time unless it is the midnight that begins the day; nothing if it is none. A time that the
/// zone's clock shows twice, because it was put back, has its offset with it: "2025-10-26 02:30 (UTC+02:00)".
std::optional<std::string> local_time(std::string_view instant, std::string_view zone);

/// Whether a field of this name holds an instant.
bool names_instant(std::string_view field);

}  // namespace chancery
