#pragma once

#include <string>
#include <string_view>

namespace chancery {

/// An EDTF date as people write it: "11 September 2025", "about September 2025", "spring 2025", "19 to 20 March 2026",
/// "11 September 2025, 10:00 UTC". A form it has no words for stays as it is.
std::string date_in_words(std::string_view edtf);

}  // namespace chancery
