#include "tools/format/dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace chancery {
namespace {

constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 4> seasons{"spring", "summer", "autumn", "winter"};
constexpr int first_season = 21;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// The words for a doubt that a date carries.
std::string_view doubt(char qualifier) {
  switch (qualifier) {
    case '~':
      return "about ";
    case '?':
      return "perhaps ";
    case '%':
      return "perhaps about ";
    default:
      return "";
  }
}

std::optional<std::string> month_and_year(std::string_view month, std::string_view year) {
  const std::optional<int> place = number(month);
  if (!place || *place < 1) return std::nullopt;
  if (*place <= 12) return std::string(months[static_cast<std::size_t>(*place) - 1]).append(" ").append(year);
  if (*place < first_season || *place >= first_season + 4) return std::nullopt;
  return std::string(seasons[static_cast<std::size_t>(*place - first_season)]).append(" ").append(year);
}

/// YYYY, YYYY-MM, YYYY-MM-DD, YYYY-SEASON, YYYX.
std::optional<std::string> plain_date(std::string_view text) {
  if (text.size() == 4 && number(text)) return std::string(text);
  if (text.size() == 4 && number(text.substr(0, 3)) && text[3] == 'X') return "the " + std::string(text.substr(0, 3)) + "0s";
  if (text.size() < 7 || text[4] != '-' || !number(text.substr(0, 4))) return std::nullopt;
  const std::optional<std::string> month = month_and_year(text.substr(5, 2), text.substr(0, 4));
  if (!month || text.size() == 7) return month;
  if (text.size() != 10 || text[7] != '-') return std::nullopt;
  const std::optional<int> day = number(text.substr(8));
  if (!day) return std::nullopt;
  return std::to_string(*day) + ' ' + *month;
}

std::optional<std::string> point_in_words(std::string_view text) {
  if (const std::size_t time = text.find('T'); time != std::string_view::npos) {
    const std::optional<std::string> day = plain_date(text.substr(0, time));
    if (!day) return std::nullopt;
    const std::string_view clock = text.substr(time + 1);
    if (clock.ends_with('Z')) return *day + ", " + std::string(clock.substr(0, clock.size() - 1)) + " UTC";
    const std::size_t offset = clock.find_first_of("+-");
    if (offset == std::string_view::npos) return std::nullopt;
    return *day + ", " + std::string(clock.substr(0, offset)) + " at UTC" + std::string(clock.substr(offset));
  }
  if (text.empty()) return std::nullopt;
  const std::string_view words = doubt(text.back());
  if (!words.empty()) text.remove_suffix(1);
  std::optional<std::string> date = plain_date(text);
  if (date) date->insert(0, words);
  return date;
}

/// "19 March 2026" to "20 March 2026" as "19 to 20 March 2026".
std::string interval(std::string_view start, std::string_view end) {
  const std::size_t of_start = start.find(' '), of_end = end.find(' ');
  const auto is_day = [](std::string_view date, std::size_t space) { return space != std::string_view::npos && number(date.substr(0, space)); };
  const bool same_month = is_day(start, of_start) && is_day(end, of_end) && start.substr(of_start) == end.substr(of_end);
  if (same_month) start = start.substr(0, of_start);
  return std::string(start) + " to " + std::string(end);
}

}  // namespace

std::string date_in_words(std::string_view edtf) {
  const std::size_t cut = edtf.find('/');
  const std::optional<std::string> start = point_in_words(edtf.substr(0, cut));
  if (!start) return std::string(edtf);
  if (cut == std::string_view::npos) return *start;
  const std::string_view after = edtf.substr(cut + 1);
  if (after.empty() || after == "..") return "from " + *start + " on";
  const std::optional<std::string> end = point_in_words(after);
  return end ? interval(*start, *end) : std::string(edtf);
}

}  // namespace chancery
