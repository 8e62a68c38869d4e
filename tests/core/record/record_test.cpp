#include "core/record/record.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "core/record/archive.hpp"
#include "tests/core/record/samples.hpp"

using namespace chancery;

namespace {

std::string record_of(const Recorded& recorded) {
  std::string bytes;
  encode_record(bytes, recorded);
  return bytes;
}

/// `content` with the checksum that belongs to it, as another program would have written it.
std::string sealed(Position position, std::string content) {
  const auto seed = static_cast<uLong>(static_cast<std::uint32_t>(position ^ position >> 32));
  const uLong checksum = crc32(seed, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  for (int shift = 0; shift < 32; shift += 8) content += static_cast<char>(checksum >> shift);
  return content;
}

ErrorKind kind_of_error(Position position, const std::string& bytes) {
  const auto head = decode_head(position, bytes);
  const auto recorded = decode_record(position, bytes);
  REQUIRE_FALSE(recorded.has_value());
  if (!head.has_value()) CHECK(head.error() == recorded.error());
  return recorded.error().kind;
}

/// A short record: retracts `x`, at position 7, recorded at 1970 and 1 us.
Recorded small() {
  Recorded recorded;
  recorded.position = recorded.commit_first = recorded.commit_last = recorded.chain = 7;
  recorded.recorded_at = recorded.earliest = recorded.latest = Instant(std::chrono::microseconds(1));
  recorded.event.id.text = "a";
  recorded.event.retracts = Id{"x"};
  recorded.event.payload = RecordRetracted{"wrong"};
  return recorded;
}

}  // namespace

TEST_CASE("any event of any type comes back from its record as it was given") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  samples::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    for (const Recorded& given : samples::random_of_each_type(random)) {
      const std::string bytes = record_of(given);
      const auto back = decode_record(given.position, bytes);
      CAPTURE(given.event.type(), round);
      REQUIRE(back.has_value());
      REQUIRE(samples::same(*back, given));
      REQUIRE(record_of(*back) == bytes);
    }
  }
}

TEST_CASE("the head of a record says what the record says") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  samples::Random random(seed);
  for (const Recorded& given : samples::random_of_each_type(random)) {
    const auto head = decode_head(given.position, record_of(given));
    CAPTURE(given.event.type());
    REQUIRE(head.has_value());
    CHECK(head->type_code ==
          std::visit([](const auto& data) { return std::decay_t<decltype(data)>::code; }, given.event.payload));
    CHECK(head->about_record == given.event.about_record());
    CHECK(head->level == given.event.level());
    CHECK(head->recorded_at == given.recorded_at);
    CHECK(head->earliest == given.earliest);
    CHECK(head->latest == given.latest);
    CHECK(head->commit_first == given.commit_first);
    CHECK(head->commit_last == given.commit_last);
    CHECK(head->chain == given.chain);
  }
}

TEST_CASE("a record is the bytes that its grammar says") {
  const std::string content = {
      1,                                     // version
      70,                                    // record.retracted
      0,          0,                         // no visibility, stream seen by all; revision 0
      2,          0,    0,                   // recorded at 1 us; earliest and latest no later
      0,          0,    0,                   // first, last and chain are its own position
      0,          0,    0,                   // nobody recorded it; no deadline, no month
      char(0x81), 0x40, 2,   'a', 2,   'x',  // present: id (bit 0) and retracts (bit 13); two labels
      1,          5,    'w', 'r', 'o', 'n', 'g'};
  CHECK(record_of(small()) == sealed(7, content));
}

TEST_CASE("a record is appended to what is there already") {
  std::string bytes = "before";
  encode_record(bytes, small());
  CHECK(bytes == "before" + record_of(small()));
}

TEST_CASE("events that differ in any way have different records, and equal ones equal records") {
  std::map<std::string, int> seen;
  const auto differs = [&](auto change) {
    Recorded recorded = small();
    change(recorded);
    return ++seen[record_of(recorded)] == 1;
  };
  CHECK(differs([](Recorded&) {}));
  CHECK(!differs([](Recorded&) {}));
  CHECK(differs([](Recorded& r) { r.event.visibility = Visibility::public_; }));
  CHECK(differs([](Recorded& r) { r.stream_level = Visibility::partner; }));
  CHECK(differs([](Recorded& r) { r.event.zone = "UTC"; }));
  CHECK(differs([](Recorded& r) { r.event.zone = ""; }));
  CHECK(differs([](Recorded& r) { r.recorded_by = ""; }));
  CHECK(differs([](Recorded& r) { r.event.place = Place{}; }));
  CHECK(differs([](Recorded& r) { r.event.place = Place{"Minsk", {}, {}, {}, false}; }));
  CHECK(differs([](Recorded& r) { r.event.place = Place{"Minsk", {}, {}, {}, true}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = CommitmentBroken{{{"wrong"}}}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = CommitmentWithdrawn{{{"wrong"}}}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = ActionObserved{"wrong", {}}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = ActionObserved{"wrong", {"{}"}}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = PrisonerReported{}; }));
  CHECK(differs([](Recorded& r) { r.event.payload = PrisonerReported{{}, {}, PrisonerStatus::held, {}}; }));
}

TEST_CASE("a UUID takes 17 bytes in a record, and a label its own and one") {
  const auto size_with = [](std::string id) {
    Recorded recorded = small();
    recorded.event.id.text = std::move(id);
    return record_of(recorded).size();
  };
  const std::size_t without = size_with("a") - 2;
  CHECK(size_with("018f9c1e-7b6a-7c3d-9a51-0123456789ab") == without + 17);
  CHECK(size_with("minsk/release") == without + 14);
  CHECK(size_with("018F9C1E-7B6A-7C3D-9A51-0123456789AB") == without + 37);
}

TEST_CASE("a record cut short anywhere is corrupt") {
  const Recorded given = samples::full("prisoners.released");
  const std::string bytes = record_of(given);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    REQUIRE(kind_of_error(given.position, bytes.substr(0, size)) == ErrorKind::corrupt);
    REQUIRE_FALSE(decode_head(given.position, std::string_view(bytes).substr(0, size)).has_value());
  }
}

TEST_CASE("a record with any one bit changed, or any byte, is corrupt") {
  const Recorded given = samples::full("sanction.amended");
  const std::string bytes = record_of(given);
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (int change = 1; change < 256; change = change < 128 ? change * 2 : change + 127) {
      std::string changed = bytes;
      changed[place] = static_cast<char>(changed[place] ^ change);
      CAPTURE(place, change);
      REQUIRE(kind_of_error(given.position, changed) == ErrorKind::corrupt);
      REQUIRE_FALSE(decode_head(given.position, changed).has_value());
    }
  }
}

TEST_CASE("a record that stands at the position of another is corrupt") {
  const Recorded given = samples::full("letter.sent");
  const std::string bytes = record_of(given);
  for (const Position other :
       {given.position - 1, given.position + 1, given.position + (Position{1} << 32), Position{0}}) {
    CAPTURE(other);
    CHECK(kind_of_error(other, bytes) == ErrorKind::corrupt);
    CHECK_FALSE(decode_head(other, bytes).has_value());
  }
}

TEST_CASE("what only a later version can have written is called a newer format, not corrupt") {
  const std::string bytes = record_of(small());
  const std::string content = bytes.substr(0, bytes.size() - 4);
  const auto with = [&](std::size_t place, char byte) {
    std::string changed = content;
    changed[place] = byte;
    return kind_of_error(7, sealed(7, changed));
  };
  CHECK(with(0, 2) == ErrorKind::newer_format);
  CHECK(with(0, 127) == ErrorKind::newer_format);
  CHECK(with(1, 0) == ErrorKind::newer_format);
  CHECK(with(1, 127) == ErrorKind::newer_format);
  CHECK(with(2, 4) == ErrorKind::newer_format);
  CHECK(with(2, 0x30) == ErrorKind::newer_format);
  CHECK(kind_of_error(7, sealed(7, std::string(1, '\2'))) == ErrorKind::newer_format);

  Recorded report = small();
  report.event.payload = PrisonerReported{{"a"}, {"b"}, PrisonerStatus::died, {}};
  std::string unknown_word = record_of(report);
  unknown_word.resize(unknown_word.size() - 4);
  unknown_word.back() = 4;
  CHECK(kind_of_error(7, sealed(7, unknown_word)) == ErrorKind::newer_format);
}

TEST_CASE("sound bytes that are no record are corrupt, and the message names the position") {
  const std::string bytes = record_of(small());
  const std::string content = bytes.substr(0, bytes.size() - 4);
  CHECK(kind_of_error(7, sealed(7, "")) == ErrorKind::corrupt);
  CHECK(kind_of_error(7, sealed(7, std::string("\0", 1) + content.substr(1))) == ErrorKind::corrupt);
  CHECK(kind_of_error(7, sealed(7, content + '\0')) == ErrorKind::corrupt);
  CHECK(kind_of_error(7, sealed(7, content.substr(0, content.size() - 1))) == ErrorKind::corrupt);
  CHECK(decode_record(7, bytes.substr(1)).error().field == "record 7");
}

TEST_CASE(
    "whatever stands in a record, reading it ends without harm, and what it accepts it would write the same way") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  samples::Random random(seed);
  for (const Recorded& given : samples::full_of_each_type(RecordReader::newest)) {
    const std::string bytes = record_of(given);
    for (int round = 0; round < 300; ++round) {
      std::string content = bytes.substr(0, bytes.size() - 4);
      for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
        content[random.below(content.size())] = static_cast<char>(random.below(256));
      }
      if (random.coin()) content.resize(random.below(content.size()));
      const std::string hostile = sealed(given.position, content);
      const auto back = decode_record(given.position, hostile);
      if (back.has_value()) REQUIRE(record_of(*back) == hostile);
    }
  }
}
