#include "tools/server/pages/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/zone.hpp"
#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/members.hpp"

namespace chancery::server {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> names) { return std::find(names.begin(), names.end(), text) != names.end(); }

/// Fields that hold an EDTF date.
bool names_date(std::string_view field) { return one_of(field, {"since", "until", "expires", "due", "seen", "published", "retrieved", "month"}); }

/// Fields that may hold the id of an event.
bool names_event(std::string_view field) { return one_of(field, {"letter", "flight", "carries", "answered_with", "with"}); }

/// What a parameter says of a time, of two the later; nothing where that is now.
std::optional<std::string> time_asked(const Exchange& exchange, std::string_view name) {
  const auto text = exchange.request.parameter(name);
  if (!text || text->empty()) return std::nullopt;
  const auto sides = cli::parse_sides(name, *text);
  return sides && sides->second != "now" ? std::optional(sides->second) : std::nullopt;
}

}  // namespace

std::string with_query(std::string path, const Parameters& parameters) {
  char join = '?';
  for (const auto& [name, value] : parameters) path += fmt::format("{}{}={}", std::exchange(join, '&'), percent_encoded(name), percent_encoded(value));
  return path;
}

std::string address(const Exchange& exchange, std::string path, const Parameters& parameters) {
  Parameters all = parameters;
  for (const std::string_view name : {"zone", "visibility"}) {
    const auto given = exchange.request.parameter(name);
    const bool there = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    if (given && !given->empty() && !there) all.emplace_back(name, *given);
  }
  return with_query(std::move(path), all);
}

std::string path_of(const Exchange& exchange) {
  std::string path;
  for (const std::string& segment : exchange.request.target.segments) path += '/' + percent_encoded(segment);
  return path;
}

std::string view_path(std::string_view view, std::string_view what) {
  return "/v1/views/" + percent_encoded(view) + (what.empty() ? "" : "/") + std::string(what);
}

std::string event_path(std::string_view id) { return "/v1/events/" + percent_encoded(id); }

bool reads_by_cookie(const Exchange& exchange) {
  return exchange.caller.known && !exchange.caller.owner && exchange.request.header("authorization").empty();
}

Visibility level_of(const Exchange& exchange) {
  const auto asked = exchange.request.parameter("visibility");
  for (const Visibility level : all_levels) {
    if (asked && word(level) == *asked) return std::min(level, exchange.caller.level());
  }
  return exchange.caller.level();
}

namespace {

constexpr std::size_t date_characters = 10;

/// "2025-09-11 19:00" as "11 September 2025, 19:00".
std::string local_in_words(const std::string& local) {
  const std::string date = date_in_words(local.substr(0, date_characters));
  return local.size() > date_characters ? date + ", " + local.substr(date_characters + 1) : date;
}

}  // namespace

std::string time_in_words(Instant instant, const std::string& zone) {
  const auto local = [&](Instant one) { return local_time(format_instant(one), zone).value_or(format_instant(one)); };
  const Instant following = instant + std::chrono::microseconds(1);
  const std::string here = local(instant), next = local(following);
  if (next.size() == date_characters && here.size() > date_characters) return "the end of " + date_in_words(here.substr(0, date_characters));
  const bool last = following == std::chrono::floor<std::chrono::seconds>(following);
  return last ? "just before " + local_in_words(next) : local_in_words(here);
}

std::string name_in_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::replace(words.begin(), words.end(), '.', ' ');
  return words;
}

std::string title_of(const Recorded& seen) {
  const std::string title = cli::event_title(seen);
  const std::string visible = harmless(title);
  const bool blank = width_of(visible) == 0 || visible.find_first_not_of(" \xc2\xa0\xe3\x80\x80") == std::string::npos;
  return blank ? seen.event.id.text : title;
}

PageReader::PageReader(const Exchange& exchange, cli::Reading reading, PageQuestion question)
    : exchange_(exchange), reading_(std::move(reading)), standing_(reading_), question_(std::move(question)),
      fixed_(time_asked(exchange, "known").has_value()), at_(time_asked(exchange, "at")) {}

std::string PageReader::as_known() const { return fixed_ ? fmt::format("as known at position {}", reading_.sight.upto) : "as known now"; }

std::string PageReader::address(const std::string& path, Parameters parameters) const {
  const bool there = std::any_of(parameters.begin(), parameters.end(), [](const auto& one) { return one.first == "known"; });
  if (fixed_ && !there) parameters.emplace_back("known", fmt::format("pos:{}", reading_.sight.upto));
  return server::address(exchange_, path, parameters);
}

std::string PageReader::asked_without(const std::vector<std::string_view>& names, Parameters others) const {
  Parameters rest = exchange_.request.target.query;
  std::erase_if(rest, [&](const auto& one) { return one.first == "min_position" || std::find(names.begin(), names.end(), one.first) != names.end(); });
  rest.insert(rest.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  return server::address(exchange_, path_of(exchange_), rest);
}

std::string PageReader::view_address(std::string_view view, std::string_view what, Parameters parameters) const {
  const bool there = std::any_of(parameters.begin(), parameters.end(), [](const auto& one) { return one.first == "at"; });
  if (at_ && !there) parameters.emplace_back("at", *at_);
  return address(view_path(view, what), std::move(parameters));
}

std::string PageReader::event_link(std::string_view id) const { return link_around(address(event_path(id)), recorded_text(id)); }

std::string PageReader::event_link(Position position) const { return event_link(cli::id_of(reading_, position)); }

std::string PageReader::event_link_with_title(Position position) const {
  const Recorded seen = cli::event_at(reading_, position);
  const std::string title = title_of(seen);
  return event_link(seen.event.id.text) + (title == seen.event.id.text ? "" : ": " + recorded_text(title));
}

std::string PageReader::events(const std::vector<Position>& positions, const std::string& rest) const {
  constexpr std::size_t shown_max = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(positions.size(), shown_max); ++i) out += (i > 0 ? ", " : "") + event_link(positions[i]);
  if (positions.size() > shown_max) out += " and " + link(rest, fmt::format("{} more events", positions.size() - shown_max));
  return out;
}

std::string PageReader::name_of(const std::string& party) const {
  if (const auto known = names_.find(party); known != names_.end()) return known->second;
  if (!parties_) parties_.emplace(value_or_throw(ViewReader::open(*reading_.ledger, "parties", reading_.sight.upto)));
  std::string name;
  if (const auto rows = value_or_throw(parties_->timeline(party, {reading_.sight.upto, reading_.sight.level})); !rows.empty()) {
    std::string state;
    parties_->view().write_state(state, rows.back().row.state);
    name = plain_text(member(state, "name"));
  }
  return names_[party] = name;
}

std::string PageReader::party(const std::string& party) const {
  const std::string name = name_of(party);
  const std::string key = link_around(address("/v1/events", {{"party", party}, {"order", "newest"}}), recorded_text(party));
  return name.empty() ? key : recorded_text(name) + " (" + key + ')';
}

std::string PageReader::instant(const std::string& text) const {
  const Result<Instant> parsed = parse_instant({}, text);
  return parsed ? escaped(time_in_words(*parsed, zone())) : recorded_text(text);
}

std::string PageReader::value(std::string_view field, std::string_view text, bool computed) const {
  const std::string whole(text);
  if (computed && names_instant(field) && parse_instant({}, text)) return instant(whole) + " in " + escaped(zone());
  if (computed && field == "status") return recorded_text(name_in_words(text));
  if (names_date(field)) {
    const std::string date = date_in_words(text);
    return date == text ? recorded_text(text) : fmt::format("<span title=\"{}\">{}</span>", escaped(text), escaped(date));
  }
  if (looks_like_party(text) && parse_party({}, text)) return party(whole);
  if (names_event(field) && cli::find_event(reading_, text)) return event_link(text);
  const auto to_key = [&](std::string_view view) { return link_around(view_address(view, "timeline", {{"key", whole}}), recorded_text(text)); };
  if (field == "measure") return to_key("sanctions");
  if (field == "commitment") return to_key("commitments");
  if (field == "tags") return link_around(address("/v1/events", {{"tag", whole}, {"order", "newest"}}), recorded_text(text));
  return recorded_text(text);
}

Speech PageReader::speech(bool computed) const {
  return {[this, computed](std::string_view field, std::string_view text) { return value(field, text, computed); },
          [](std::string_view name) { return recorded_text(name_in_words(name)); }};
}

cli::Wording PageReader::wording() const {
  return {zone(), [](std::string_view text) { return recorded_text(text); }, [this](std::string_view id) { return event_link(id); }};
}

}  // namespace chancery::server
