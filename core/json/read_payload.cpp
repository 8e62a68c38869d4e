#include "core/json/payload_json.hpp"
#include "core/json/read_fields.hpp"

namespace chancery {
namespace {

using Read = bool (*)(Reading&, const Path&, std::optional<Element>, Payload&);

template <class T>
bool read_as(Reading& reading, const Path& path, std::optional<Element> data, Payload& out) {
  T& payload = out.emplace<T>();
  return data ? read_value(reading, path, *data, payload) : check_required<T>(reading, path, 0);
}

constexpr std::size_t types_count = std::variant_size_v<Payload>;

/// The name of each type, and what reads it, in the order of Payload.
struct Types {
  std::array<std::string_view, types_count> names{};
  std::array<Read, types_count> readers{};
};

constexpr Types types = [] {
  Types all;
  std::size_t i = 0;
  for_each_type([&]<class T>() {
    all.names[i] = T::type;
    all.readers[i++] = read_as<T>;
  });
  return all;
}();

}  // namespace

bool read_payload(Reading& reading, const Path& type_path, std::string_view type, const Path& data_path,
                  std::optional<Element> data, Payload& out) {
  const std::size_t index = find_name(types.names, type);
  if (index == types_count) return reading.refuse(type_path, quoted(type), allowed_names(types.names, type));
  return types.readers[index](reading, data_path, data, out);
}

}  // namespace chancery
