#pragma once

#include <string>
#include <string_view>

namespace chancery {

/// A text to look for whatever its case is, in any script: both sides are compared by Unicode's full case folding ("STRASSE" is in
/// "Straße"). Cost of each look: the length of the text.
class AnyCase {
 public:
  /// `part` is UTF-8; an empty one is in every text.
  explicit AnyCase(std::string_view part);
  /// Whether `text`, which is UTF-8, contains it.
  bool in(std::string_view text) const;

 private:
  std::string folded_;
};

}  // namespace chancery
