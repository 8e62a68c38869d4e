#include "tools/chancery/feed.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "tests/support/temp_folder.hpp"

namespace chancery::cli {
namespace {

TEST_CASE("a command that ends with 0 without reading what it is fed has ended with 0, and one that fails with what it says") {
  const test::TempFolder folder;
  const std::string closed = (folder.path() / "closed").string();
  for (const int status : {0, 3}) {
    std::filesystem::remove(closed);
    Result<Feed> feed = Feed::start("exec <&-; touch '" + closed + "'; exit " + std::to_string(status));
    REQUIRE(feed);
    while (!std::filesystem::exists(closed)) std::this_thread::yield();
    feed->write("a line that stays in the buffer until the end\n");
    CHECK(feed->finish() == status);
  }
}

}  // namespace
}  // namespace chancery::cli
