#include "projections/views/envoys.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

std::string envoy(std::string_view what, std::string_view day, const std::string& data = "") {
  return event("envoy." + std::string(what), day,
               R"("envoy":"person:fisher","sender":"state:USA","host":"state:BLR")" + (data.empty() ? "" : "," + data));
}
Shown finally(const std::vector<std::string>& lines) {
  return at<Envoys>("2030", "state:USA@state:BLR/person:fisher", Story(lines));
}

}  // namespace

TEST_CASE("an envoy is known by sender, host and name") {
  for (const char* what : {"appointed", "recalled", "expelled"}) {
    CHECK(keys<Envoys>(envoy(what, "2025")) == Keys{"state:USA@state:BLR/person:fisher"});
  }
  CHECK(keys<Envoys>(event("party.described", "2025", R"("party":"person:fisher")")).empty());
}

TEST_CASE("an envoy serves, is recalled or is expelled, and keeps a rank that is not given again") {
  CHECK(finally({envoy("appointed", "2020-12-23", R"("rank":"ambassador")")}).text ==
        R"({"envoy":"person:fisher","sender":"state:USA","host":"state:BLR","rank":"ambassador",)"
        R"("status":"serving","since":"2020-12-23"})");
  CHECK(finally({envoy("expelled", "2021")})["rank"] == "null");
  const Shown recalled = finally({envoy("appointed", "2020", R"("rank":"ambassador")"), envoy("recalled", "2022")});
  CHECK(recalled["status"] == "recalled");
  CHECK(recalled["rank"] == "ambassador");
  CHECK(recalled["since"] == "2022");
  CHECK(finally({envoy("appointed", "2020"), envoy("expelled", "2022", R"("rank":"attache")")})["rank"] == "attache");
}

TEST_CASE("an envoy's since moves only when the status changes") {
  const Shown promoted = finally(
      {envoy("appointed", "2020", R"("rank":"counsellor")"), envoy("appointed", "2021", R"("rank":"ambassador")")});
  CHECK(promoted["since"] == "2020");
  CHECK(promoted["rank"] == "ambassador");
  CHECK(finally({envoy("appointed", "2020"), envoy("expelled", "2021"), envoy("appointed", "2022")})["since"] ==
        "2022");
}

}  // namespace chancery::testing
