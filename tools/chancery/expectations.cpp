#include "tools/chancery/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace chancery::cli {
namespace {

constexpr std::string_view form = "STREAM=REV, STREAM=none, STREAM=exists or STREAM=any, such as state:BLR=3";

/// How many events a stream has.
Result<std::uint64_t> events_of(const Ledger& ledger, const std::string& stream) {
  Filter filter;
  filter.query.streams = {stream};
  std::uint64_t count = 0;
  const auto read = ledger.select(filter, 1, ledger.last(), true, [&](Recorded&& newest) {
    count = newest.revision + 1;
    return false;
  });
  if (!read) return Failure(read.error());
  return count;
}

/// How many it had before those of `own` that are at its end.
std::uint64_t without(std::vector<std::uint64_t> own, std::uint64_t count) {
  std::sort(own.begin(), own.end());
  for (; !own.empty() && own.back() + 1 == count; own.pop_back()) --count;
  return count;
}

bool holds(const Expected& expected, std::uint64_t count) {
  switch (expected.kind) {
    case Expected::Kind::none: return count == 0;
    case Expected::Kind::exactly: return count == expected.revision + 1;
    case Expected::Kind::exists: return count > 0;
  }
  return false;
}

std::string described(std::uint64_t count) {
  return count == 0 ? std::string("no events") : fmt::format("revision {}", count - 1);
}

std::string described(const Expected& expected) {
  switch (expected.kind) {
    case Expected::Kind::none: return "no events";
    case Expected::Kind::exactly: return fmt::format("revision {}", expected.revision);
    case Expected::Kind::exists: return "at least one event";
  }
  return {};
}

}  // namespace

Result<std::optional<Expected>> Expectations::parse_one(const std::string& field, const std::string& text) {
  const std::size_t cut = text.rfind('=');
  if (cut == std::string::npos) return refused(field, chancery::quoted(text), std::string(form));
  const std::string_view wanted = std::string_view(text).substr(cut + 1);
  Result<std::string> stream = parse_stream(field, std::string_view(text).substr(0, cut));
  if (!stream) return Failure(stream.error());
  Expected expected{std::move(*stream), Expected::Kind::none, 0};
  if (wanted == "any") return std::nullopt;
  if (wanted == "exists") {
    expected.kind = Expected::Kind::exists;
  } else if (wanted != "none") {
    expected.kind = Expected::Kind::exactly;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), expected.revision);
    if (error != std::errc() || end != wanted.data() + wanted.size()) return refused(field, chancery::quoted(text), std::string(form));
  }
  return expected;
}

Result<Expectations> Expectations::parse(const std::vector<std::string>& texts) {
  Expectations expectations;
  for (const std::string& text : texts) {
    Result<std::optional<Expected>> expected = parse_one("--expect", text);
    if (!expected) return Failure(expected.error());
    if (*expected) expectations.streams_.push_back({std::move(**expected), {}});
  }
  return expectations;
}

void Expectations::saw(const AppendedEvent& event, Position last_of_ledger) {
  if (event.fresh || event.position > last_of_ledger) return;
  for (Stream& stream : streams_) {
    if (stream.expected.stream == event.stream) stream.own.push_back(event.revision);
  }
}

Result<std::vector<Expected>> Expectations::check(const Ledger& ledger) const {
  std::vector<Expected> pinned;
  for (const Stream& stream : streams_) {
    const Result<std::uint64_t> count = events_of(ledger, stream.expected.stream);
    if (!count) return Failure(count.error());
    if (!holds(stream.expected, *count) && !holds(stream.expected, without(stream.own, *count))) {
      return failure(ErrorKind::conflict, "--expect " + stream.expected.stream, described(*count),
                     described(stream.expected) + ", as was expected");
    }
    const auto kind = *count == 0 ? Expected::Kind::none : Expected::Kind::exactly;
    pinned.push_back({stream.expected.stream, kind, *count == 0 ? 0 : *count - 1});
  }
  return pinned;
}

}  // namespace chancery::cli
