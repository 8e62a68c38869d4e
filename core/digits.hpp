#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace chancery {

/// The number that the `count` characters of `text` from `from` on are, or -1 where one is missing or not a digit 0-9.
/// `count` is at most 9.
constexpr int digits_at(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return -1;
  int value = 0;
  for (const char c : text.substr(from, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Appends `value`, not negative, with at least `width` digits, zeros before it.
inline void append_digits(std::string& text, int value, int width) {
  char reversed[12];
  int size = 0;
  for (; value > 0 || size < width; value /= 10) reversed[size++] = static_cast<char>('0' + value % 10);
  while (size > 0) text += reversed[--size];
}

/// Appends a year: four digits, or a sign and six outside 0..9999, as in the expanded form of ISO 8601.
inline void append_year(std::string& text, std::chrono::year year) {
  const int number = static_cast<int>(year);
  if (number < 0 || number > 9999) text += number < 0 ? '-' : '+';
  append_digits(text, number < 0 ? -number : number, number < 0 || number > 9999 ? 6 : 4);
}

/// Appends YYYY-MM-DD.
inline void append_date(std::string& text, std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  append_year(text, date.year());
  text += '-';
  append_digits(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  text += '-';
  append_digits(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

/// Appends HH:MM:SS and, unless they are zero, `.` and six digits. `time` is below a day and not negative.
inline void append_time_of_day(std::string& text, std::chrono::microseconds time) {
  const std::chrono::hh_mm_ss clock{time};
  append_digits(text, static_cast<int>(clock.hours().count()), 2);
  text += ':';
  append_digits(text, static_cast<int>(clock.minutes().count()), 2);
  text += ':';
  append_digits(text, static_cast<int>(clock.seconds().count()), 2);
  if (clock.subseconds().count() == 0) return;
  text += '.';
  append_digits(text, static_cast<int>(clock.subseconds().count()), 6);
}

}  // namespace chancery
