#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "projections/query.hpp"
#include "tools/chancery/shown.hpp"
#include "tools/format/cells.hpp"
#include "tools/server/pages.hpp"

namespace chancery::server {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// One of our addresses, with the level and the zone that the reader chose: they stay until chosen otherwise.
std::string address(const Exchange& exchange, std::string path, const Parameters& parameters = {});
/// A path of ours and a query.
std::string with_query(std::string path, const Parameters& parameters);
/// The path that was asked for.
std::string path_of(const Exchange& exchange);
/// Where a view is, or what is asked of it besides its rows: timeline, history, diff.
std::string view_path(std::string_view view, std::string_view what = {});
/// Where an event is.
std::string event_path(std::string_view id);
/// Whether a cookie says who reads: a page then leads out.
bool reads_by_cookie(const Exchange& exchange);
/// The level that an answer is told at: the one asked for, else the reader's own.
Visibility level_of(const Exchange& exchange);

/// An instant in words: "11 September 2025, 19:00"; the last of a span as "the end of 11 September 2025" or "just before" what follows.
std::string time_in_words(Instant instant, const std::string& zone);
/// The name of a field as people read it.
std::string name_in_words(std::string_view name);

/// Who reads a page and from where, and how things are called there. All that it tells of events is asked for at the level and the
/// position of the answer. For one page, one thread.
class PageReader {
 public:
  PageReader(const Exchange& exchange, cli::Reading reading, PageQuestion question);

  const Exchange& exchange() const { return exchange_; }
  const PageQuestion& question() const { return question_; }
  const cli::Reading& reading() const { return reading_; }
  const cli::Standing& standing() const { return standing_; }
  const std::string& zone() const { return reading_.zone; }
  /// Whether the answer was asked for as known at one moment: what it links to is then as known at the same.
  bool fixed() const { return fixed_; }
  /// "as known now", or at which position.
  std::string as_known() const;
  /// The world's time that was asked for, as it was written, of two the later; nothing where that is now. Pages of views that this one
  /// leads to are then about the same time.
  const std::optional<std::string>& at() const { return at_; }

  std::string address(const std::string& path, Parameters parameters = {}) const;
  /// The same question without these parameters, and with others.
  std::string asked_without(const std::vector<std::string_view>& names, Parameters others = {}) const;
  /// That of view_path().
  std::string view_address(std::string_view view, std::string_view what = {}, Parameters parameters = {}) const;
  /// All of these are HTML.
  std::string event_link(std::string_view id) const;
  std::string event_link(Position position) const;
  /// The id and the sentence that stands for it.
  std::string event_link_with_title(Position position) const;
  /// The first of them, and how many more there are, with a link to `rest`, where all are.
  std::string events(const std::vector<Position>& positions, const std::string& rest) const;
  std::string party(const std::string& party) const;
  /// What a party is called, as text; empty where no event that is seen says so.
  std::string name_of(const std::string& party) const;
  /// An RFC 3339 instant, as text, in the reader's zone.
  std::string instant(const std::string& text) const;

  /// Values in HTML. `computed`: of a state; instants in it are told in the reader's zone, recorded texts stay as they are.
  Speech speech(bool computed) const;
  cli::Wording wording() const;

 private:
  std::string value(std::string_view field, std::string_view text, bool computed) const;

  const Exchange& exchange_;
  const cli::Reading reading_;
  const cli::Standing standing_;
  const PageQuestion question_;
  const bool fixed_;
  const std::optional<std::string> at_;
  mutable std::optional<ViewReader> parties_;
  mutable std::map<std::string, std::string> names_;
};

/// The sentence that stands for an event; its id where the sentence shows nothing.
std::string title_of(const Recorded& seen);

}  // namespace chancery::server
