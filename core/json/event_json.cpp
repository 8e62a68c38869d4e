#include "core/json/event_json.hpp"

#include <new>
#include <utility>

#include "core/json/canonical.hpp"
#include "core/json/diagnose.hpp"
#include "core/json/envelope.hpp"
#include "core/json/payload_json.hpp"
#include "core/json/raw.hpp"
#include "core/json/read_fields.hpp"
#include "core/uuid.hpp"
#include "core/validate.hpp"

namespace chancery {
namespace {

constexpr std::size_t line_bytes_max = 64'000;
/// The name of who recorded an event; in a line, each of its bytes may take six.
constexpr std::size_t recorded_by_bytes_max = 1'024;
/// Reading makes a line at most so many times as long (a source of one letter becomes an object), and an id, a stream and numbers written
/// out longer by a few kilobytes.
constexpr std::size_t full_form_bytes_max = 5 * line_bytes_max;
/// A longer line is refused unparsed: its output fields cannot be what makes it so long.
constexpr std::size_t output_bytes_max = 6 * recorded_by_bytes_max + 1'024;
constexpr std::size_t unparsed_bytes_max = full_form_bytes_max + output_bytes_max;
constexpr std::size_t unparsed_given_bytes_max = line_bytes_max + output_bytes_max;

constexpr std::size_t envelope_count = std::tuple_size_v<decltype(envelope_fields())>;
constexpr std::size_t members_count = envelope_count + output_fields.size();

/// The names of an event's members: the envelope's in their order, then the output fields.
constexpr std::array<std::string_view, members_count> member_names = [] {
  std::array<std::string_view, members_count> names{};
  std::size_t i = 0;
  std::apply([&](const auto&... field) { ((names[i++] = field.name), ...); }, envelope_table);
  for (const auto& field : output_fields) names[i++] = field.name;
  return names;
}();
constexpr std::span<const std::string_view> envelope_names(member_names.data(), envelope_count);
constexpr std::size_t type_index = find_name(member_names, "type");

/// A member of the line: where it is, and its value.
struct Member {
  Path path;
  Element value;
  bool there = false;    ///< with a value that is not as absent
  bool written = false;  ///< with any value
};

/// One line on its way to an event.
class LineReader {
 public:
  LineReader(std::string_view line, Element root, const ReadOptions& options)
      : line_(line), root_(root), options_(options), reading_(line) {}

  Result<Given> read() {
    const bool good = find_members() && read_type_and_data() && read_envelope() && read_output();
    if (!good) return Failure(*reading_.error());
    Event& event = given_.event;
    if (auto fits = check_length(line_.size() - output_bytes()); !fits) return Failure(fits.error());
    if (!options_.zone.empty() && !event.zone && !event.occurred.empty()) event.zone = std::string(options_.zone);
    const auto moments = validate(event);
    if (!moments) return Failure(moments.error());
    given_.earliest = moments->earliest;
    given_.latest = moments->latest;
    given_.deadline = moments->deadline;
    given_.local_month = moments->local_month;
    write_in();
    return std::move(given_);
  }

 private:
  bool find_members() {
    simdjson::dom::object object;
    if (root_.get_object().get(object) != simdjson::SUCCESS) {
      return reading_.refuse(line_path_, described(root_), "a JSON object: one event a line");
    }
    std::size_t ordinal = 0, likely = 0;
    for (const auto& [name, value] : object) {
      const Path path = line_path_.member(name, ordinal++);
      const std::size_t index = find_name(member_names, name, likely);
      if (index == members_count) return refuse_unknown(reading_, path, envelope_names);
      Member& member = members_[index];
      if (member.written) return refuse_repeated(reading_, path);
      member = Member{path, value, !is_absent(value), true};
      likely = index + 1;
    }
    return true;
  }

  bool read_type_and_data() {
    const Member& type = members_[type_index];
    if (!type.there) {
      return reading_.refuse(line_path_.member("type", Path::same_place), "nothing",
                             "an action type, such as prisoners.released");
    }
    std::string_view text;
    if (type.value.get_string().get(text) != simdjson::SUCCESS)
      return refuse_type(reading_, type.path, type.value, "text");
    constexpr std::size_t data_index = find_name(member_names, "data");
    const Member& data = members_[data_index];
    const Path data_path = data.there ? data.path : line_path_.member("data", Path::same_place);
    return read_payload(reading_, type.path, text, data_path, data.there ? std::optional(data.value) : std::nullopt,
                        given_.event.payload);
  }

  bool read_envelope() {
    std::size_t index = 0;
    bool good = true;
    const auto read = [&](const auto& field) {
      const Member& member = members_[index++];
      if constexpr (requires { field.member; }) {
        if (good && member.there)
          good = read_field(reading_, member.path, member.value, field, given_.event.*field.member);
      }
    };
    std::apply([&](const auto&... field) { (read(field), ...); }, envelope_table);
    given_.stream_given = !given_.event.stream.empty();
    return good;
  }

  bool read_output() {
    std::uint64_t dropped = 0;
    std::string recorded_at;
    for (std::size_t index = envelope_count; index < members_count; ++index) {
      const Member& member = members_[index];
      if (!member.there) continue;
      if (!options_.preserve_recorded) {
        return reading_.refuse(
            member.path, described(member.value),
            "nothing: the ledger gives it (record --preserve-recorded-at takes recorded_at and recorded_by)");
      }
      const std::string_view name = member_names[index];
      if (name == "recorded_by") {
        if (!read_value(reading_, member.path, member.value, given_.recorded_by)) return false;
        if (given_.recorded_by->size() <= recorded_by_bytes_max) continue;
        return reading_.refuse(member.path, described(member.value),
                               fmt::format("at most {} bytes", recorded_by_bytes_max));
      }
      if (name == "recorded_at") {
        if (!read_value(reading_, member.path, member.value, recorded_at)) return false;
        if (!reading_.take(member.path, parse_instant({}, recorded_at), given_.recorded_at.emplace())) return false;
      } else if (!read_value(reading_, member.path, member.value, dropped)) {
        return false;
      }
    }
    return true;
  }

  /// What the output fields take of the line, each with a comma.
  std::size_t output_bytes() const {
    if (line_.size() <= line_bytes_max) return 0;
    std::size_t bytes = 0;
    std::string minified;
    RawItems items(line_);
    for (std::size_t ordinal = 0; items.next(); ++ordinal) {
      for (std::size_t index = envelope_count; index < members_count; ++index) {
        if (!members_[index].written || members_[index].path.ordinal != ordinal) continue;
        minified.clear();
        append_minified(minified, items.value());
        bytes += items.key().size() + 1 + minified.size() + 1;
      }
    }
    return bytes;
  }

  /// A ledger's own line, which is in the full form, may be longer than the one that was given.
  Result<void> check_length(std::size_t bytes) const {
    if (bytes <= line_bytes_max) return {};
    if (options_.preserve_recorded && bytes <= full_form_bytes_max) {
      std::string full;
      write_event(full, given_.event);
      if (full.size() >= bytes) return {};
    }
    return refused("line", fmt::format("{} bytes", bytes),
                   fmt::format("at most {} without its end and its output fields", line_bytes_max));
  }

  /// The id and the stream, where they are not given.
  void write_in() {
    Event& event = given_.event;
    if (event.id.empty()) event.id.text = options_.fresh_id ? fresh_uuid() : id_of_content(event);
    if (event.stream.empty()) event.stream = default_stream(event);
  }

  static std::string id_of_content(const Event& event) {
    std::string full, canonical;
    write_event(full, event);
    append_canonical(canonical, full);
    return uuid_of_name(canonical);
  }

  std::string_view line_;
  Element root_;
  const ReadOptions& options_;
  Reading reading_;
  const Path line_path_{};
  std::array<Member, members_count> members_{};
  Given given_;
};

}  // namespace

struct EventReader::Parser {
  Parser() {
    if (dom.allocate(unparsed_bytes_max, json_depth_max) != simdjson::SUCCESS) throw std::bad_alloc();
  }
  simdjson::dom::parser dom{unparsed_bytes_max};
};

EventReader::EventReader() : parser_(std::make_unique<Parser>()) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;

Result<Given> EventReader::read(std::string_view line, const ReadOptions& options) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > (options.preserve_recorded ? unparsed_bytes_max : unparsed_given_bytes_max)) {
    return refused("line", fmt::format("{} bytes", line.size()),
                   fmt::format("at most {} without its end and its output fields", line_bytes_max));
  }
  Element root;
  const auto error = parser_->dom.parse(line.data(), line.size(), true).get(root);
  if (error != simdjson::SUCCESS) return Failure(diagnose(line, simdjson::error_message(error)));
  return LineReader(line, root, options).read();
}

}  // namespace chancery
