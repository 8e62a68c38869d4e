#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "core/json/event_json.hpp"

/// Short ways to read lines in tests.
namespace chancery::test {

inline Result<Given> read_line(std::string_view line, const ReadOptions& options = {}) {
  EventReader reader;
  return reader.read(line, options);
}

/// The event of a line that must be good.
inline Event event_of(std::string_view line, const ReadOptions& options = {}) {
  auto given = read_line(line, options);
  INFO(line);
  INFO((given ? std::string() : given.error().message()));
  REQUIRE(given.has_value());
  return given->event;
}

/// The full form of a line that must be good.
inline std::string full_form(std::string_view line, const ReadOptions& options = {}) {
  std::string out;
  write_event(out, event_of(line, options));
  return out;
}

/// Why a line is refused.
inline std::string refusal(std::string_view line, const ReadOptions& options = {}) {
  const auto given = read_line(line, options);
  return given ? "taken" : given.error().message();
}

/// A line of a type with `data`, and perhaps more members, each with a comma before it.
inline std::string action(std::string_view type, std::string_view data, std::string_view more = "") {
  return std::string(R"({"id":"x/1","type":")") + std::string(type) + R"(","occurred":"2025-09-11","data":)" +
         std::string(data) + std::string(more) + "}";
}

inline std::string release(std::string_view data_more, std::string_view more = "") {
  return action("prisoners.released", R"({"holder":"state:BLR")" + std::string(data_more) + "}", more);
}

inline std::string call(std::string_view more) {
  return action("call.held", R"({"participants":["state:USA"]})", more);
}

}  // namespace chancery::test
