#include "tools/chancery/draft.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "core/json/event_json.hpp"
#include "core/json/field_names.hpp"
#include "core/json/raw.hpp"
#include "tools/chancery/reading.hpp"

namespace chancery::cli {
namespace {

constexpr std::string_view data_name = "data", type_name = "type";

const Member* find_member(std::span<const Member> members, std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &*found;
}

/// The shape of a member of an object; nothing where it has none of that name.
const Shape* shape_of_member(const Shape& object, std::string_view name) {
  static const Shape anything = static_shape<Json>();
  if (const Member* member = find_member(object.members, name)) return &member->shape;
  return object.free ? &anything : object.any_member;
}

/// The text without the white space between its parts, if it is a JSON value.
std::optional<std::string> as_json(std::string_view text) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  if (parser.parse(padded).error() != simdjson::SUCCESS) return std::nullopt;
  std::string raw;
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  append_minified(raw, text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin));
  return raw;
}

bool begins_container(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
}

std::string example_of(const Shape& shape) {
  if (shape.members.empty() && shape.any_member == nullptr) return "JSON, such as 52, [1300,1400], 7.0 or true";
  return fmt::format("a JSON object, or its parts, such as NAME.{}=...", shape.members.empty() ? std::string_view("PART") : shape.members[0].name);
}

/// One value as JSON.
Result<std::string> value_of(const std::string& name, const Shape& shape, const std::string& text) {
  if (!simdjson::validate_utf8(text)) return refused(name, "a byte that is not UTF-8", "UTF-8");
  if (!shape.text || begins_container(text)) {
    if (auto json = as_json(text)) return std::move(*json);
    if (!shape.text && !shape.free) return refused(name, chancery::quoted(text), example_of(shape));
  }
  return json_text(text);
}

/// Whether two JSON values are the same text, or are written alike.
bool same_value(std::string_view a, std::string_view b) {
  const bool texts = a.starts_with('"') && b.starts_with('"');
  return texts ? unescaped(a) == unescaped(b) : a == b;
}

/// Makes the value an object, so that a part of it can be set: a text that stands for an object becomes one, and a list of one its element.
Result<void> open_object(const std::string& name, const Shape& shape, JsonTree& tree) {
  if (tree.empty() || tree.is_object()) return {};
  std::string raw(tree.raw());
  if (raw.starts_with('[')) {
    RawItems items(raw);
    std::size_t count = 0;
    std::string only;
    while (items.next()) only = ++count == 1 ? std::string(items.value()) : only;
    if (count != 1) return refused(name, fmt::format("a part of a list of {}", count), "the whole list, as JSON");
    tree = JsonTree(std::move(only));
    return open_object(name, shape, tree);
  }
  if (!raw.starts_with('"') || shape.text_member.empty()) return refused(name, "a part of " + raw, "the whole value");
  tree = JsonTree();
  tree.member(shape.text_member) = JsonTree(std::move(raw));
  return {};
}

}  // namespace

std::string check_assignment(const std::string& word) {
  const std::size_t cut = word.find('=');
  if (cut != std::string::npos && cut > 0) return {};
  return fmt::format("found {}; allowed: FIELD=VALUE, such as count=52", chancery::quoted(word));
}

Result<EventDraft> EventDraft::of_type(std::string_view type) {
  if (data_shape(type) == nullptr) return refused("TYPE", chancery::quoted(type), allowed_names(type_names(), type));
  EventDraft draft;
  draft.type_ = std::string(type);
  draft.set_text({type_name}, type);
  return draft;
}

EventDraft EventDraft::of(const Event& event) {
  EventDraft draft;
  draft.type_ = std::string(event.type());
  std::string full;
  write_event(full, event);
  draft.root_ = JsonTree(std::move(full));
  return draft;
}

std::string EventDraft::json() const {
  std::string out;
  root_.write(out);
  return out;
}

void EventDraft::set_text(std::initializer_list<std::string_view> path, std::string_view text) {
  JsonTree* tree = &root_;
  for (const std::string_view name : path) tree = &tree->member(name);
  *tree = JsonTree(json_text(text));
}

/// Whether a word has set it or removed it, or has set the whole of what it is a part of.
bool EventDraft::is_said(const std::vector<std::string_view>& path) const {
  return std::any_of(said_.begin(), said_.end(), [&](const auto& said) {
    return said.size() <= path.size() && std::equal(said.begin(), said.end(), path.begin());
  });
}

/// The place of a field or of a member of one, with objects around it.
Result<JsonTree*> EventDraft::open_path(const std::vector<std::string_view>& path) {
  const std::string name(path.front());
  JsonTree* tree = &root_.member(name);
  const Shape* shape = name == data_name ? &data() : &find_member(envelope_members(), name)->shape;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (auto opened = open_object(name, *shape, *tree); !opened) return Failure(opened.error());
    tree = &tree->member(path[i]);
    shape = shape_of_member(*shape, path[i]);
  }
  return tree;
}

Result<void> EventDraft::set_option(std::string_view option, const std::vector<std::string_view>& path, const std::string& raw) {
  const Result<JsonTree*> tree = open_path(path);
  if (!tree) return Failure(tree.error());
  const bool removed = (*tree)->empty() && std::any_of(said_.begin(), said_.end(), [&](const auto& said) { return std::equal(said.begin(), said.end(), path.begin(), path.end()); });
  if (removed || (!(*tree)->empty() && is_said(path))) {
    std::string other;
    if (!removed) (*tree)->write(other);
    if (!same_value(other, raw)) {
      return refused(fmt::format("{}", fmt::join(path, ".")), fmt::format("{} beside {} {}", removed ? "nothing" : other, option, raw), "one of them, or the same in both");
    }
  }
  **tree = JsonTree(raw);
  return {};
}

/// Words by field, in their order, whole fields before parts of them.
std::vector<EventDraft::Assignment> EventDraft::assignments(const std::vector<std::string>& words) {
  std::vector<Assignment> all;
  for (const std::string& word : words) {
    const std::size_t cut = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, cut);
    auto found = std::find_if(all.begin(), all.end(), [&](const Assignment& earlier) { return earlier.name == name; });
    if (found == all.end()) {
      Assignment fresh{name, {}, {}};
      for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        fresh.path.push_back(name.substr(begin, end - begin));
        begin = end + 1;
      }
      found = all.insert(all.end(), std::move(fresh));
    }
    found->values.push_back(word.substr(std::min(cut + 1, word.size())));
  }
  std::stable_sort(all.begin(), all.end(), [](const Assignment& a, const Assignment& b) { return a.path.size() < b.path.size(); });
  return all;
}

Result<void> EventDraft::set(const std::vector<std::string>& words, Empty empty) {
  const std::vector<Assignment> all = assignments(words);
  // Which fields there are depends on the type.
  for (const Assignment& assignment : all) {
    if (assignment.name != type_name) continue;
    if (auto set = set_type(assignment); !set) return set;
  }
  for (const Assignment& assignment : all) {
    if (assignment.name == type_name) continue;
    if (auto set = assign(assignment, empty); !set) return set;
    std::vector<std::string> path = assignment.path;
    if (path.front() != data_name && !find_member(envelope_members(), path.front())) path.insert(path.begin(), std::string(data_name));
    said_.push_back(std::move(path));
  }
  return {};
}

Result<void> EventDraft::set_type(const Assignment& assignment) {
  if (assignment.values.size() > 1) return refused(assignment.name, "two types", "one");
  const std::string& type = assignment.values.front();
  if (data_shape(type) == nullptr) return refused(assignment.name, chancery::quoted(type), allowed_names(type_names(), type));
  type_ = type;
  set_text({type_name}, type);
  return {};
}

Result<void> EventDraft::assign(const Assignment& assignment, Empty empty) {
  const std::string& first = assignment.path.front();
  if (const Member* member = find_member(envelope_members(), first)) {
    if (assignment.path.size() == 1 && assignment.values.size() == 1 && assignment.values[0].empty() && empty == Empty::removes) {
      root_.remove(first);
      return {};
    }
    return assign_in(assignment, 1, root_.member(first), member->shape, empty);
  }
  JsonTree& payload = root_.member(data_name);
  if (first == data_name) return assign_in(assignment, 1, payload, data(), empty);
  // What an event of another type had can still be removed.
  const bool removes = empty == Empty::removes && assignment.path.size() == 1 && assignment.values == std::vector<std::string>{""};
  if (removes && payload.has(first)) {
    payload.remove(first);
    return {};
  }
  if (shape_of_member(data(), first) == nullptr) return unknown(assignment);
  return assign_in(assignment, 0, payload, data(), empty);
}

/// Sets what the path from `depth` on names inside `tree`, which has that shape.
Result<void> EventDraft::assign_in(const Assignment& assignment, std::size_t depth, JsonTree& tree, const Shape& shape, Empty empty) {
  const bool is_empty = std::any_of(assignment.values.begin(), assignment.values.end(), [](const auto& value) { return value.empty(); });
  if (is_empty && (empty == Empty::refused || assignment.values.size() > 1)) {
    return refused(assignment.name, "nothing after the =", "a value; a field without one is left out");
  }
  if (depth < assignment.path.size()) {
    const std::string& name = assignment.path[depth];
    const Shape* inner = shape_of_member(shape, name);
    if (inner == nullptr) return unknown(assignment);
    if (auto opened = open_object(assignment.name, shape, tree); !opened) return opened;
    if (is_empty && depth + 1 == assignment.path.size()) {
      tree.remove(name);
      return {};
    }
    return assign_in(assignment, depth + 1, tree.member(name), *inner, empty);
  }
  if (is_empty) {
    tree = JsonTree();
    return {};
  }
  std::string raw = assignment.values.size() > 1 ? "[" : "";
  for (const std::string& text : assignment.values) {
    const Result<std::string> value = value_of(assignment.name, shape, text);
    if (!value) return Failure(value.error());
    if (raw.size() > 1) raw += ',';
    raw += *value;
  }
  if (assignment.values.size() > 1) raw += ']';
  tree = JsonTree(std::move(raw));
  return {};
}

Failure EventDraft::unknown(const Assignment& assignment) const {
  if (assignment.path.size() > 1 && (assignment.path[0] == data_name || find_member(envelope_members(), assignment.path[0]) != nullptr ||
                                     shape_of_member(data(), assignment.path[0]) != nullptr)) {
    return refused(assignment.name, "an unknown part of a field", "the parts that the field has: chancery schema " + type_);
  }
  std::vector<std::string_view> names;
  for (const Member& member : data().members) names.push_back(member.name);
  for (const Member& member : envelope_members()) {
    if (std::none_of(output_fields.begin(), output_fields.end(), [&](const auto& field) { return field.name == member.name; })) {
      names.push_back(member.name);
    }
  }
  return refused(assignment.name, "an unknown field", allowed_names(names, assignment.path[0]));
}

}  // namespace chancery::cli
