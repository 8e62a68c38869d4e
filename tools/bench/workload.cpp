#include "tools/bench/workload.hpp"

#include <fmt/format.h>

#include <array>

namespace chancery::bench {

std::string event_line(std::uint64_t number) {
  static constexpr std::array<const char*, 6> holders{"BLR", "RUS", "IRN", "VEN", "CHN", "TUR"};
  const std::uint64_t mixed = number * 0x9e3779b97f4a7c15ULL;
  return fmt::format(
      R"({{"id":"bench/{0}","type":"prisoners.released","occurred":"20{1:02}-{2:02}-{3:02}","zone":"Europe/Minsk",)"
      R"("actor":[{{"party":"person:leader-{4}","on_behalf_of":"state:{5}"}}],"recipient":["state:USA"],)"
      R"("summary":"{6} people were freed and taken over the border in the morning, says the committee.",)"
      R"("data":{{"holder":"org:prison-{7}","count":{6},"foreign":{8},"mode":"pardon","destination":"state:LTU"}},)"
      R"("sources":[{{"url":"https://example.org/news/{0}","title":"Prisoners freed","publisher":"Example","quote":"were freed this morning","grade":"B2"}}],)"
      R"("tags":["release","batch-{9}"]}})",
      number, 10 + mixed % 15, 1 + mixed / 15 % 12, 1 + mixed / 180 % 28, mixed % 40, holders[mixed % holders.size()],
      3 + mixed % 60, mixed / 7 % 5000, mixed % 3, mixed % 100);
}

}  // namespace chancery::bench
