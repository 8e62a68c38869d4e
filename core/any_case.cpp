#include "core/any_case.hpp"

#include <unicode/unistr.h>

namespace chancery {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}).foldCase().toUTF8String(out);
  return out;
}

}  // namespace

AnyCase::AnyCase(std::string_view part) : folded_(folded(part)) {}

bool AnyCase::in(std::string_view text) const { return folded(text).find(folded_) != std::string::npos; }

}  // namespace chancery
