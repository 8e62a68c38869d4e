#include "projections/views/missions.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

std::string mission(std::string_view what, std::string_view day, const std::string& data = "") {
  return event("mission." + std::string(what), day,
               R"("sender":"state:USA","host":"state:BLR","city":"minsk")" + (data.empty() ? "" : "," + data));
}
Shown finally(const std::vector<std::string>& lines) {
  return at<Missions>("2030", "state:USA@state:BLR/minsk", Story(lines));
}

}  // namespace

TEST_CASE("a mission is known by sender, host and city") {
  for (const char* what : {"opened", "suspended", "closed"}) {
    CHECK(keys<Missions>(mission(what, "2025")) == Keys{"state:USA@state:BLR/minsk"});
  }
  CHECK(keys<Missions>(event("call.held", "2025", R"("participants":["state:USA","state:BLR"])")).empty());
}

TEST_CASE("a mission is an embassy until another level is given, which is then kept") {
  CHECK(finally({mission("opened", "1992-01-31")}).text ==
        R"({"sender":"state:USA","host":"state:BLR","city":"minsk","level":"embassy",)"
        R"("status":"open","since":"1992-01-31"})");
  CHECK(finally({mission("opened", "1992", R"("level":"office")"), mission("closed", "1993")})["level"] == "office");
  CHECK(finally({mission("opened", "1992", R"("level":"office")"),
                 mission("opened", "1993", R"("level":"consulate")")})["level"] == "consulate");
}

TEST_CASE("a mission's since moves only when its status changes") {
  const std::vector<std::string> story{
      mission("opened", "1992"),          mission("opened", "1993", R"("level":"consulate")"),
      mission("suspended", "2022-02-28"), mission("suspended", "2022-03-01"),
      mission("closed", "2023"),          mission("opened", "2025")};
  const auto then = [&](std::string_view day) { return at<Missions>(day, "state:USA@state:BLR/minsk", Story(story)); };
  CHECK(then("1993")["since"] == "1992");
  CHECK(then("1993")["level"] == "consulate");
  CHECK(then("2022-03-05")["status"] == "suspended");
  CHECK(then("2022-03-05")["since"] == "2022-02-28");
  CHECK(then("2024")["status"] == "closed");
  CHECK(then("2025")["status"] == "open");
  CHECK(then("2025")["since"] == "2025");
}

}  // namespace chancery::testing
