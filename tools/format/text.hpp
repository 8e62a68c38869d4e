#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text as it lies on a screen. UTF-8 in and out; bytes that are none count as one column each.
namespace chancery {

/// How many columns it takes: 2 for a wide character, 0 for a combining one.
std::size_t width_of(std::string_view text);

/// At most `columns` wide: what is longer ends in `…`.
std::string cut_to(std::string_view text, std::size_t columns);

/// Filled with spaces up to `columns`, after the text or, `right`, before it.
std::string padded(std::string_view text, std::size_t columns, bool right = false);

/// In lines of at most `columns`, broken between words; a longer word has a line for itself. 0: one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// Fit to be shown: line ends and tabs as spaces, and what could command a terminal or turn the direction of text as U+FFFD.
std::string harmless(std::string_view text);

/// The same text where it is UTF-8; else each byte that belongs to no character as `\xNN`.
std::string in_utf8(std::string_view bytes);

/// Plain text as Markdown shows it: what would be markup, HTML or a cell's border there is escaped.
std::string in_markdown(std::string_view text);

/// 1234567 as "1,234,567". `digits` may begin with a minus; what is no whole number stays as it is.
std::string with_thousands(std::string_view digits);

}  // namespace chancery
