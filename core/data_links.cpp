#include "core/data_links.hpp"

namespace chancery {

std::vector<DataLink> data_links(const Payload& payload) {
  std::vector<DataLink> links;
  if (const auto* delivered = std::get_if<LetterDelivered>(&payload)) links.push_back({"data.letter", &delivered->letter});
  if (const auto* answered = std::get_if<LetterAnswered>(&payload)) {
    links.push_back({"data.letter", &answered->letter});
    if (answered->with) links.push_back({"data.with", &*answered->with});
  }
  if (const auto* flight = std::get_if<FlightFlown>(&payload); flight != nullptr && flight->carries) {
    links.push_back({"data.carries", &*flight->carries});
  }
  return links;
}

}  // namespace chancery
