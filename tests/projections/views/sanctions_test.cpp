#include "projections/views/sanctions.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

const std::string measure = R"("measure":"usa/belavia")";

std::string imposed(std::string_view day, const std::string& restrictions, const std::string& data = "",
                    const std::string& more = R"("actor":"state:USA")") {
  return event("sanction.imposed", day,
               measure + R"(,"target":"org:belavia","restrictions":)" + restrictions + (data.empty() ? "" : "," + data),
               more);
}
std::string amended(std::string_view day, const std::string& data, const std::string& more = "") {
  return event("sanction.amended", day, measure + "," + data, more);
}
std::string eased(std::string_view day, const std::string& data, const std::string& more = "") {
  return event("sanction.eased", day, measure + "," + data, more);
}
std::string lifted(std::string_view day, const std::string& more = "") {
  return event("sanction.lifted", day, measure, more);
}

Shown then(std::string_view instant, const std::vector<std::string>& lines) {
  return at<Sanctions>(instant, "usa/belavia", Story(lines));
}
Shown finally(const std::vector<std::string>& lines) { return then("2040", lines); }

const std::string ab = imposed("2025-01-01", R"(["a","b"])");

}  // namespace

TEST_CASE("each sanction event has its measure as key") {
  for (const std::string& line :
       {ab, amended("2025", R"("programme":"p")"), eased("2025", R"("lifts":"a")"), lifted("2025")}) {
    CHECK(keys<Sanctions>(line) == Keys{"usa/belavia"});
  }
  CHECK(keys<Sanctions>(event("prisoners.released", "2025", R"("holder":"state:BLR","count":1)")).empty());
}

TEST_CASE("an imposed measure is active and shows what it was given, lists sorted, each thing once") {
  const std::string line =
      imposed("2025-01-01", R"(["flights","aircraft","flights"])",
              R"("programme":"BELARUS","legal_basis":"EO 14038","expires":"2026")",
              R"("actor":["state:USA",{"party":"person:biden","on_behalf_of":"state:USA"},"org:eu"],)"
              R"("zone":"America/New_York")");
  CHECK(
      then("2025-06", {line}).text ==
      R"({"measure":"usa/belavia","imposed_by":["org:eu","state:USA"],"target":["org:belavia"],"programme":"BELARUS",)"
      R"("legal_basis":"EO 14038","restrictions":["aircraft","flights"],"lifted":[],"exemptions":[],"temporary":[],)"
      R"("status":"active","expires":"2026","lapses_at":"2027-01-01T05:00:00Z","since":"2025-01-01"})");
}

TEST_CASE(
    "imposing again sets imposed_by, target and expiry anew, keeps programme and legal basis, and adds restrictions") {
  const std::string first = imposed("2025-01-01", R"(["a"])", R"("programme":"P","legal_basis":"L","expires":"2026")");
  const std::string again = event("sanction.imposed", "2025-02-01",
                                  measure + R"(,"target":"org:other","restrictions":["b"],"legal_basis":"M")");
  const Shown after = finally({first, again});
  CHECK(after["imposed_by"] == "[]");
  CHECK(after["target"] == R"(["org:other"])");
  CHECK(after["programme"] == "P");
  CHECK(after["legal_basis"] == "M");
  CHECK(after["expires"] == "null");
  CHECK(after["lapses_at"] == "null");
  CHECK(after["restrictions"] == R"(["a","b"])");
  CHECK(after["since"] == "2025-01-01");
  CHECK(after["status"] == "active");
}

TEST_CASE("an amendment changes what it gives and leaves the rest, the expiry too") {
  const std::string first = imposed("2025-01-01", R"(["a"])", R"("programme":"P","legal_basis":"L","expires":"2026")");
  const Shown named = then("2025-06", {first, amended("2025-02-01", R"("programme":"Q")", R"("actor":"state:GBR")")});
  CHECK(named["programme"] == "Q");
  CHECK(named["legal_basis"] == "L");
  CHECK(named["expires"] == "2026");
  CHECK(named["lapses_at"] == "2027-01-01T00:00:00Z");
  CHECK(named["imposed_by"] == R"(["state:USA"])");
  CHECK(named["restrictions"] == R"(["a"])");
  const Shown longer =
      then("2025-06", {first, amended("2025-02-01", R"("expires":"2027","target":["org:y","org:x"])")});
  CHECK(longer["expires"] == "2027");
  CHECK(longer["lapses_at"] == "2028-01-01T00:00:00Z");
  CHECK(longer["target"] == R"(["org:x","org:y"])");
}

TEST_CASE("restrictions of an amendment replace those in force and leave what is lifted, but for those they name") {
  const Shown after = finally({imposed("2025-01-01", R"(["a","b","c"])"), eased("2025-02-01", R"("lifts":["b","c"])"),
                               amended("2025-03-01", R"("restrictions":["d","c"])")});
  CHECK(after["restrictions"] == R"(["c","d"])");
  CHECK(after["lifted"] == R"(["b"])");
  CHECK(after["status"] == "eased");
}

TEST_CASE("an easing moves what it lifts from restrictions to lifted, also what was never seen imposed") {
  const Shown after = finally({ab, eased("2025-02-01", R"("lifts":["b","z"])")});
  CHECK(after["restrictions"] == R"(["a"])");
  CHECK(after["lifted"] == R"(["b","z"])");
  CHECK(after["status"] == "eased");
  CHECK(after["since"] == "2025-01-01");
}

TEST_CASE("a measure is suspended when all is lifted, eased when something is lifted or permitted, else active") {
  CHECK(finally({ab, eased("2025-02-01", R"("lifts":["a","b"])")})["status"] == "suspended");
  CHECK(finally({ab, eased("2025-02-01", R"("permits":["x"])")})["status"] == "eased");
  CHECK(finally({ab, eased("2025-02-01", R"("permits":["x"])")})["exemptions"] == R"(["x"])");
  CHECK(finally({ab, eased("2025-02-01", R"("lifts":["a"])"), imposed("2025-03-01", R"(["a"])")})["status"] ==
        "active");
  CHECK(finally({ab, eased("2025-02-01", R"("instrument":"GL 1")")})["status"] == "active");
}

TEST_CASE("an easing on a measure that was never seen starts it, with its target and its actors") {
  const Shown after =
      finally({eased("2025-02-01", R"("lifts":["a"],"target":"org:belavia")", R"("actor":"state:USA")")});
  CHECK(after["since"] == "2025-02-01");
  CHECK(after["target"] == R"(["org:belavia"])");
  CHECK(after["imposed_by"] == R"(["state:USA"])");
  CHECK(after["status"] == "suspended");
}

TEST_CASE("an easing's target counts only on a fresh start") {
  CHECK(finally({ab, eased("2025-02-01", R"("lifts":["a"],"target":"org:other")")})["target"] == R"(["org:belavia"])");
}

TEST_CASE("a temporary easing is listed with its end in its event's zone and undone when it is over") {
  const std::vector<std::string> story{
      ab, eased("2025-02-01", R"("lifts":["b"],"permits":["x"],"until":"2025-03")", R"("zone":"America/New_York")")};
  const Shown before = then("2025-04-01T03:59:59.999999Z", story);
  CHECK(before["temporary"] ==
        R"([{"until":"2025-03","lapses_at":"2025-04-01T04:00:00Z","lifts":["b"],"permits":["x"]}])");
  CHECK(before["lapses_at"] == "null");
  CHECK(before["status"] == "eased");
  const Shown after = then("2025-04-01T04:00:00.000000Z", story);
  CHECK(after["temporary"] == "[]");
  CHECK(after["restrictions"] == R"(["a","b"])");
  CHECK(after["lifted"] == "[]");
  CHECK(after["exemptions"] == "[]");
  CHECK(after["status"] == "active");
}

TEST_CASE("the latest easing that names a thing decides how long it is lifted or permitted") {
  const std::string march = eased("2025-02-01", R"("lifts":["a","b"],"permits":["x","y"],"until":"2025-03")");
  const Shown longer =
      then("2025-02-20", {ab, march, eased("2025-02-15", R"("lifts":["b"],"permits":["x"],"until":"2025-05")")});
  CHECK(longer["temporary"] ==
        R"([{"until":"2025-03","lapses_at":"2025-04-01T00:00:00Z","lifts":["a"],"permits":["y"]},)"
        R"({"until":"2025-05","lapses_at":"2025-06-01T00:00:00Z","lifts":["b"],"permits":["x"]}])");
  const std::vector<std::string> forever{ab, march, eased("2025-02-15", R"("lifts":["b"],"permits":["x"])")};
  CHECK(finally(forever)["lifted"] == R"(["b"])");
  CHECK(finally(forever)["restrictions"] == R"(["a"])");
  CHECK(finally(forever)["exemptions"] == R"(["x"])");
}

TEST_CASE("an easing's lifts leave only earlier lifts, its permits only earlier permits") {
  const Shown after = then("2025-02-20", {ab, eased("2025-02-01", R"("lifts":["a"],"permits":["b"],"until":"2025-03")"),
                                          eased("2025-02-15", R"("lifts":["b"],"permits":["a"])")});
  CHECK(after["temporary"] ==
        R"([{"until":"2025-03","lapses_at":"2025-04-01T00:00:00Z","lifts":["a"],"permits":["b"]}])");
}

TEST_CASE("a temporary entry left with neither lifts nor permits is dropped") {
  const std::string march = eased("2025-02-01", R"("lifts":["a"],"until":"2025-03")");
  CHECK(then("2025-02-20", {ab, march, eased("2025-02-15", R"("lifts":["a"])")})["temporary"] == "[]");
  CHECK(then("2025-02-20", {ab, march, imposed("2025-02-15", R"(["a"])")})["temporary"] == "[]");
  CHECK(then("2025-02-20", {ab, march, amended("2025-02-15", R"("revokes":["a"])")})["temporary"] == "[]");
}

TEST_CASE("an easing with an end that names nothing adds no temporary entry") {
  CHECK(then("2025-02-20", {ab, eased("2025-02-01", R"("until":"2025-03")")})["temporary"] == "[]");
}

TEST_CASE("what comes into force again leaves lifted and the lifts of temporary entries, but not their permits") {
  const std::string march = eased("2025-02-01", R"("lifts":["a","b"],"permits":["a"],"until":"2025-03")");
  for (const std::string& back :
       {imposed("2025-02-15", R"(["a"])"), amended("2025-02-15", R"("restrictions":["a"])")}) {
    const Shown after = then("2025-02-20", {ab, march, back});
    CHECK(after["restrictions"] == R"(["a"])");
    CHECK(after["lifted"] == R"(["b"])");
    CHECK(after["temporary"] ==
          R"([{"until":"2025-03","lapses_at":"2025-04-01T00:00:00Z","lifts":["b"],"permits":["a"]}])");
    CHECK(after["exemptions"] == R"(["a"])");
  }
}

TEST_CASE(
    "what an amendment revokes leaves exemptions and temporary entries and, if it was lifted, is in force again") {
  const Shown after =
      then("2025-02-20", {ab, eased("2025-02-01", R"("lifts":["a","b"],"permits":["x","y"],"until":"2025-03")"),
                          amended("2025-02-15", R"("revokes":["b","x","never"])")});
  CHECK(after["restrictions"] == R"(["b"])");
  CHECK(after["lifted"] == R"(["a"])");
  CHECK(after["exemptions"] == R"(["y"])");
  CHECK(after["temporary"] ==
        R"([{"until":"2025-03","lapses_at":"2025-04-01T00:00:00Z","lifts":["a"],"permits":["y"]}])");
}

TEST_CASE("an amendment replaces the restrictions before it revokes") {
  const Shown after = finally({imposed("2025-01-01", R"(["a","b"])"), eased("2025-02-01", R"("lifts":["b"])"),
                               amended("2025-03-01", R"("restrictions":["c"],"revokes":["b"])")});
  CHECK(after["restrictions"] == R"(["b","c"])");
  CHECK(after["lifted"] == "[]");
  CHECK(after["status"] == "active");
}

TEST_CASE("temporary entries lapse one by one in the order of their ends, not of their events") {
  const std::vector<std::string> story{ab, eased("2025-02-01", R"("lifts":["a"],"until":"2025-05")"),
                                       eased("2025-02-02", R"("lifts":["b"],"until":"2025-03")")};
  CHECK(then("2025-03", story)["status"] == "suspended");
  CHECK(then("2025-04", story)["lifted"] == R"(["a"])");
  CHECK(then("2025-04", story)["restrictions"] == R"(["b"])");
  CHECK(then("2025-06", story)["restrictions"] == R"(["a","b"])");
  CHECK(then("2025-06", story)["status"] == "active");
}

TEST_CASE("temporary entries that end at one instant lapse together, whatever their order") {
  const std::string a = eased("2025-02-01", R"("lifts":["a"],"permits":["x"],"until":"2025-03")");
  const std::string b = eased("2025-02-01", R"("lifts":["b"],"permits":["y"],"until":"2025-03-31")");
  const Shown after = finally({ab, a, b});
  CHECK(after.text == finally({ab, b, a}).text);
  CHECK(after["restrictions"] == R"(["a","b"])");
  CHECK(after["exemptions"] == "[]");
  CHECK(after["temporary"] == "[]");
}

TEST_CASE("a measure that expires has nothing left but its expiry, and nothing lapses on it any more") {
  const std::vector<std::string> story{imposed("2025-01-01", R"(["a","b"])", R"("expires":"2025-04")"),
                                       eased("2025-02-01", R"("lifts":["b"],"permits":["x"],"until":"2025-05")")};
  CHECK(then("2025-04-30", story)["status"] == "eased");
  const Shown expired = then("2025-05-01T00:00:00.000000Z", story);
  CHECK(expired.text ==
        R"({"measure":"usa/belavia","imposed_by":["state:USA"],"target":["org:belavia"],"programme":null,)"
        R"("legal_basis":null,"restrictions":[],"lifted":[],"exemptions":[],"temporary":[],)"
        R"("status":"expired","expires":"2025-04","lapses_at":null,"since":"2025-01-01"})");
  CHECK(finally(story).text == expired.text);
}

TEST_CASE("a measure and a temporary easing of it that end at one instant leave an expired measure") {
  const Shown after = finally({imposed("2025-01-01", R"(["a"])", R"("expires":"2025-03")"),
                               eased("2025-02-01", R"("lifts":["a"],"until":"2025-03-31")")});
  CHECK(after["status"] == "expired");
  CHECK(after["restrictions"] == "[]");
}

TEST_CASE("a lifted measure keeps nothing but who, whom and since, and nothing lapses on it") {
  const Shown after = finally({imposed("2025-01-01", R"(["a","b"])", R"("programme":"P","expires":"2026")"),
                               eased("2025-02-01", R"("lifts":["b"],"permits":["x"],"until":"2025-12")"),
                               lifted("2025-03-01", R"("actor":"state:GBR")")});
  CHECK(after.text == R"({"measure":"usa/belavia","imposed_by":["state:USA"],"target":["org:belavia"],"programme":"P",)"
                      R"("legal_basis":null,"restrictions":[],"lifted":[],"exemptions":[],"temporary":[],)"
                      R"("status":"lifted","expires":null,"lapses_at":null,"since":"2025-01-01"})");
}

TEST_CASE("lifting a measure that was never seen starts it") {
  const Shown after = finally({lifted("2025-03-01", R"("actor":"state:USA")")});
  CHECK(after["status"] == "lifted");
  CHECK(after["since"] == "2025-03-01");
  CHECK(after["imposed_by"] == R"(["state:USA"])");
  CHECK(after["target"] == "[]");
}

TEST_CASE("lifting an expired measure starts nothing afresh") {
  const Shown after = finally(
      {imposed("2025-01-01", R"(["a"])", R"("expires":"2025-02")"), lifted("2025-03-01", R"("actor":"state:GBR")")});
  CHECK(after["status"] == "lifted");
  CHECK(after["expires"] == "null");
  CHECK(after["since"] == "2025-01-01");
  CHECK(after["imposed_by"] == R"(["state:USA"])");
}

TEST_CASE("what happens to a lifted or expired measure starts it afresh, with nothing of before") {
  const std::string first =
      imposed("2025-01-01", R"(["a"])", R"("programme":"P","legal_basis":"L","expires":"2025-02")");
  const std::string by = R"("actor":"state:GBR")";
  for (const std::string& end :
       {lifted("2025-02-01"), event("statement.made", "2025-02-01", R"("speaker":"state:USA")")}) {
    const Shown amendment = finally({first, end, amended("2025-03-01", R"("restrictions":["z"])", by)});
    CHECK(amendment.text == R"({"measure":"usa/belavia","imposed_by":["state:GBR"],"target":[],"programme":null,)"
                            R"("legal_basis":null,"restrictions":["z"],"lifted":[],"exemptions":[],"temporary":[],)"
                            R"("status":"active","expires":null,"lapses_at":null,"since":"2025-03-01"})");
    const Shown easing = finally({first, end, eased("2025-03-01", R"("permits":["z"],"target":"org:z")", by)});
    CHECK(easing["target"] == R"(["org:z"])");
    CHECK(easing["programme"] == "null");
    CHECK(easing["restrictions"] == "[]");
    CHECK(easing["status"] == "eased");
    CHECK(easing["since"] == "2025-03-01");
    const Shown imposition = finally({first, end, imposed("2025-03-01", R"(["z"])", "", by)});
    CHECK(imposition["restrictions"] == R"(["z"])");
    CHECK(imposition["legal_basis"] == "null");
    CHECK(imposition["imposed_by"] == R"(["state:GBR"])");
    CHECK(imposition["since"] == "2025-03-01");
  }
}

}  // namespace chancery::testing
