#include "projections/views/correspondence.hpp"

#include "tests/projections/views/fold.hpp"

namespace chancery::testing {
namespace {

std::string with_id(const std::string& id, const std::string& more = "") {
  return R"("id":")" + id + '"' + (more.empty() ? "" : "," + more);
}
std::string sent(const std::string& id, std::string_view day, const std::string& data = "",
                 const std::string& more = "") {
  return event("letter.sent", day,
               R"("from":"person:trump","to":"person:lukashenka")" + (data.empty() ? "" : "," + data),
               with_id(id, more));
}
std::string delivered(std::string_view day, const std::string& letter, const std::string& data = "") {
  return event("letter.delivered", day, R"("letter":")" + letter + '"' + (data.empty() ? "" : "," + data));
}
std::string answered(std::string_view day, const std::string& letter, const std::string& data = "") {
  return event("letter.answered", day, R"("letter":")" + letter + '"' + (data.empty() ? "" : "," + data));
}
std::string release(const std::string& id, std::string_view day, const std::string& more = "") {
  return event("prisoners.released", day, R"("holder":"state:BLR","count":52)", with_id(id, more));
}

Shown finally(const std::vector<std::string>& lines, const std::string& key = "l") {
  return at<Correspondence>("2030", key, Story(lines));
}

}  // namespace

TEST_CASE("a letter is known by the id of its chain's first event, whichever event of the chain is named") {
  const std::vector<std::string> chain{sent("l", "2025-08"), sent("m", "2025-09", "", R"("corrects":"l")")};
  CHECK(keys<Correspondence>(Story(chain)) == Keys{"l"});
  for (const char* named : {"l", "m"}) {
    CHECK(keys<Correspondence>(Story({chain[0], chain[1], delivered("2025-09", named)})) == Keys{"l"});
    CHECK(keys<Correspondence>(Story({chain[0], chain[1], answered("2025-09", named)})) == Keys{"l"});
  }
  CHECK(keys<Correspondence>(release("r", "2025")).empty());
}

TEST_CASE("a reader who does not see a chain's first event knows the letter by the first one seen") {
  const std::string secret = sent("l", "2025-08", "", R"("visibility":"restricted")");
  const std::string open = sent("m", "2025-09", "", R"("corrects":"l")");
  CHECK(keys<Correspondence>(Story({secret, open}, Visibility::public_)) == Keys{"m"});
  CHECK(keys<Correspondence>(Story({secret, open, delivered("2025-09", "m")}, Visibility::public_)) == Keys{"m"});
  CHECK(finally({secret, open, delivered("2025-09", "m")}, "l")["status"] == "delivered");
}

TEST_CASE("an event whose letter names a hidden event has no key, even if others of that chain are seen") {
  const std::string secret = sent("l", "2025-08", "", R"("visibility":"restricted")");
  const std::string open = sent("m", "2025-09", "", R"("corrects":"l")");
  CHECK(keys<Correspondence>(Story({secret, open, delivered("2025-09", "l")}, Visibility::public_)).empty());
  CHECK(keys<Correspondence>(Story({secret, open, answered("2025-09", "l")}, Visibility::public_)).empty());
  CHECK(keys<Correspondence>(Story({secret, open, answered("2025-09", "l")}, Visibility::partner)).empty());
  CHECK(keys<Correspondence>(Story({secret, open, answered("2025-09", "l")})) == Keys{"l"});
}

TEST_CASE("a letter that was sent shows what it was given, its asks in their order and as they were") {
  CHECK(finally({sent("l", "2025-08-15",
                      R"("medium":"email","carried_by":"person:coale",)"
                      R"("asks":[{"what":"release","about":"group:prisoners"},{"what":"a call"}])")})
            .text ==
        R"({"letter":"l","from":"person:trump","to":"person:lukashenka","medium":"email",)"
        R"("asks":[{"what":"release","about":"group:prisoners"},{"what":"a call"}],"carried_by":"person:coale",)"
        R"("status":"sent","since":"2025-08-15","delivered_by":null,"answered_with":null})");
}

TEST_CASE("sending a letter again replaces all that was said of it") {
  const Story story({sent("l", "2025-08", R"("medium":"note","carried_by":"person:coale","asks":{"what":"x"})"),
                     delivered("2025-09", "l", R"("by":"person:coale")"),
                     sent("m", "2025-10", "", R"("corrects":"l")")});
  const Shown after = at<Correspondence>("2030", "l", story);
  CHECK(after["medium"] == "null");
  CHECK(after["carried_by"] == "null");
  CHECK(after["asks"] == "[]");
  CHECK(after["delivered_by"] == "person:coale");
}

TEST_CASE("a letter goes from sent to delivered to answered and never back") {
  const std::string letter = sent("l", "2025-08"), handed = delivered("2025-09", "l", R"("by":"person:coale")");
  CHECK(finally({letter, handed})["status"] == "delivered");
  CHECK(finally({letter, handed})["since"] == "2025-09");
  CHECK(finally({letter, handed})["delivered_by"] == "person:coale");
  const Shown answer = finally({letter, answered("2025-10", "l"), delivered("2025-11", "l", R"("by":"person:x")")});
  CHECK(answer["status"] == "answered");
  CHECK(answer["since"] == "2025-10");
  CHECK(answer["delivered_by"] == "person:x");
  const Shown late = finally({sent("l", "2025-12"), handed});
  CHECK(late["status"] == "delivered");
  CHECK(late["since"] == "2025-09");
  CHECK(late["from"] == "person:trump");
  CHECK(finally({sent("l", "2025-12"), answered("2025-09", "l")})["status"] == "answered");
}

TEST_CASE("a letter of which only the delivery is known has neither sender nor recipient") {
  const Shown after = at<Correspondence>("2025-09", "l", Story({sent("l", "2025-12"), delivered("2025-09", "l")}));
  CHECK(after.text == R"({"letter":"l","from":null,"to":null,"medium":null,"asks":[],"carried_by":null,)"
                      R"("status":"delivered","since":"2025-09","delivered_by":null,"answered_with":null})");
}

TEST_CASE("since stays when a letter is delivered or answered twice, and the last deliverer and answer are shown") {
  const Shown twice =
      finally({sent("l", "2025-08"), delivered("2025-09", "l", R"("by":"person:a")"), delivered("2025-10", "l")});
  CHECK(twice["since"] == "2025-09");
  CHECK(twice["delivered_by"] == "null");
  const Shown answers = finally({sent("l", "2025-08"), release("r", "2025-09"),
                                 answered("2025-09", "l", R"("with":"r")"), answered("2025-10", "l")});
  CHECK(answers["since"] == "2025-09");
  CHECK(answers["answered_with"] == "null");
}

TEST_CASE("an answer is the id as given, and null to a reader who does not see it") {
  const std::vector<std::string> story{sent("l", "2025-08"),
                                       release("r", "2025-09", R"("visibility":"partner")"),
                                       release("s", "2025-09", R"("corrects":"r")"),
                                       answered("2025-09", "l", R"("with":"r")"),
                                       sent("k", "2025-08", R"("medium":"note")"),
                                       answered("2025-09", "k", R"("with":"s")")};
  CHECK(at<Correspondence>("2030", "l", Story(story))["answered_with"] == "r");
  CHECK(at<Correspondence>("2030", "l", Story(story, Visibility::public_))["answered_with"] == "null");
  CHECK(at<Correspondence>("2030", "l", Story(story, Visibility::public_))["status"] == "answered");
  CHECK(at<Correspondence>("2030", "k", Story(story))["answered_with"] == "s");
}

}  // namespace chancery::testing
