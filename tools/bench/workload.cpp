#include "tools/bench/workload.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace chancery::bench {
namespace {

constexpr std::uint64_t events_a_day = 50, late_percent = 15, late_days_max = 60;
constexpr std::chrono::sys_days first_day = std::chrono::year(1990) / 1 / 1;

}  // namespace

std::string event_line(std::uint64_t number) {
  static constexpr std::array<const char*, 6> holders{"BLR", "RUS", "IRN", "VEN", "CHN", "TUR"};
  const std::uint64_t mixed = number * 0x9e3779b97f4a7c15ULL >> 8U;
  const bool late = mixed % 100 < late_percent;
  const std::uint64_t day = late_days_max + number / events_a_day - (late ? mixed / 100 % late_days_max : 0);
  const auto date = std::chrono::year_month_day(first_day + std::chrono::days(day));
  return fmt::format(
      R"({{"id":"bench/{0}","type":"prisoners.released","occurred":"{1:04}-{2:02}-{3:02}","zone":"Europe/Minsk",)"
      R"("actor":[{{"party":"person:leader-{4}","on_behalf_of":"state:{5}"}}],"recipient":["state:USA"],)"
      R"("summary":"{6} people were freed and taken over the border in the morning, says the committee.",)"
      R"("data":{{"holder":"org:prison-{7}","count":{6},"foreign":{8},"mode":"pardon","destination":"state:LTU"}},)"
      R"("sources":[{{"url":"https://example.org/news/{0}","title":"Prisoners freed","publisher":"Example","quote":"were freed this morning","grade":"B2"}}],)"
      R"("tags":["release","batch-{9}"]}})",
      number, static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), mixed % 40, holders[mixed % holders.size()],
      3 + mixed % 60, mixed / 7 % 5000, mixed % 3, mixed % 100);
}

}  // namespace chancery::bench
