#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/result.hpp"
#include "tools/chancery/json_tree.hpp"
#include "tools/chancery/shape.hpp"

namespace chancery::cli {

/// An event on its way from a command line: JSON that is put together from FIELD=VALUE. Whether it is a good event is for the
/// EventReader to say; here only the fields' names and whether their values are text or JSON are known.
///
///   NAME        a field of the envelope, else of the payload
///   data.NAME   a field of the payload, whatever the envelope has
///   NAME.PART   a member of an object: place.country, coding.quad, nationalities.LTU, ext.anything
class EventDraft {
 public:
  /// What an empty value (`FIELD=`) means.
  enum class Empty { refused, removes };

  /// An event that has nothing but its type. Refused: no such type.
  static Result<EventDraft> of_type(std::string_view type);
  /// An event to be changed.
  static EventDraft of(const Event& event);

  /// Each word is FIELD=VALUE. A value is text where the field takes text, else JSON; a JSON list or object is JSON everywhere; a
  /// field given twice is a list. Refused: an unknown field (near ones are named), a value that is not JSON where it must be.
  Result<void> set(const std::vector<std::string>& words, Empty empty);
  /// Sets a field, or a member of one, to what an option says, as JSON, whatever it is made of. Refused: a word says that it is something
  /// else, or is there where the member cannot be.
  Result<void> set_option(std::string_view option, const std::vector<std::string_view>& path, const std::string& raw);
  /// Sets a field, or a member of one, to a text.
  void set_text(std::initializer_list<std::string_view> path, std::string_view text);
  void remove(std::string_view name) { root_.remove(name); }

  std::string json() const;

 private:
  struct Assignment {
    std::string name;  // as typed
    std::vector<std::string> path;
    std::vector<std::string> values;
  };
  static std::vector<Assignment> assignments(const std::vector<std::string>& words);

  Result<void> set_type(const Assignment& assignment);
  Result<void> assign(const Assignment& assignment, Empty empty);
  Result<void> assign_in(const Assignment& assignment, std::size_t depth, JsonTree& tree, const Shape& shape, Empty empty);
  Failure unknown(const Assignment& assignment) const;
  bool is_said(const std::vector<std::string_view>& path) const;
  Result<JsonTree*> open_path(const std::vector<std::string_view>& path);
  const Shape& data() const { return *data_shape(type_); }

  std::string type_;
  JsonTree root_;
  std::vector<std::vector<std::string>> said_;  // paths from the root of what words have set or removed
};

/// For the parser: complains of a word that is no FIELD=VALUE.
std::string check_assignment(const std::string& word);

}  // namespace chancery::cli
