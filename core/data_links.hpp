#pragma once

#include <string_view>
#include <vector>

#include "core/action/registry.hpp"

namespace chancery {

/// An event that an event's `data` names.
struct DataLink {
  std::string_view field;  ///< as errors name it ("data.letter")
  const Id* id;            ///< points into the payload
};

/// All of them, in the order of the fields.
std::vector<DataLink> data_links(const Payload& payload);

}  // namespace chancery
