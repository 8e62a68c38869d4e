#include "tools/chancery/shape.hpp"

namespace chancery::cli {
namespace {

constexpr std::string_view data_name = "data";

struct Type {
  std::string_view name;
  Shape shape;
};

const std::vector<Type>& types() {
  static const std::vector<Type> list = [] {
    std::vector<Type> all;
    for_each_type([&]<class T>() { all.push_back({T::type, shape_of<T>()}); });
    return all;
  }();
  return list;
}

}  // namespace

std::span<const Member> envelope_members() {
  static const std::vector<Member> members = [] {
    std::vector<Member> list;
    Shape text;
    text.text = true;
    const auto add = [&](const auto& field) {
      if constexpr (requires { field.member; }) {
        list.push_back({field.name, shape_of<std::decay_t<decltype(std::declval<Event>().*field.member)>>()});
      } else if (field.name != data_name) {
        list.push_back({field.name, text});
      }
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, envelope_fields());
    for (const OutputField& field : output_fields) list.push_back({field.name, text});
    return list;
  }();
  return members;
}

const Shape* data_shape(std::string_view type) {
  for (const Type& known : types()) {
    if (known.name == type) return &known.shape;
  }
  return nullptr;
}

std::span<const std::string_view> type_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (const Type& type : types()) list.push_back(type.name);
    return list;
  }();
  return names;
}

}  // namespace chancery::cli
