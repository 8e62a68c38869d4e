#pragma once

#include <string>
#include <string_view>

/// One text for all JSON texts that say the same.
namespace chancery {

/// Appends `json`, which must be well formed, by RFC 8785: members sorted by the UTF-16 of their names, the fewest
/// escapes, numbers as ECMAScript prints the nearest double. Cost: about 5 ns a byte, and n log n in the members of an
/// object.
void append_canonical(std::string& out, std::string_view json);

/// The same but for numbers, of which no digit is lost: equal if and only if the numbers as written are.
/// 1, 1.0 and 10e-1 are one number, 9007199254740993 and 9007199254740992 are two.
void append_exact(std::string& out, std::string_view json);

/// A number, well formed, in the form that append_exact gives it.
std::string exact_number(std::string_view number);

}  // namespace chancery
