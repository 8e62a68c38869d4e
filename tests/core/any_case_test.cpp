#include <catch2/catch.hpp>

#include "core/any_case.hpp"

namespace chancery {

TEST_CASE("a text is found whatever its case, in any script") {
  CHECK(AnyCase("hostages").in("He called them HOSTAGES."));
  CHECK(AnyCase("Бяляцкі").in("АЛЕСЬ БЯЛЯЦКІ"));
  CHECK(AnyCase("ΟΔΥΣΣΕΥΣ").in("οδυσσευς"));
  CHECK(AnyCase("strasse").in("Straße"));
  CHECK(AnyCase("").in("anything"));
  CHECK_FALSE(AnyCase("Бяляцкі").in("Бялыніцкі"));
  CHECK_FALSE(AnyCase("a").in(""));
}

}  // namespace chancery
