#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/server/pages/reader.hpp"

namespace chancery::server {

/// The pages before one of a list or of a view.
struct Earlier {
  std::optional<std::string> first;     ///< its address, where anything comes before this page
  std::optional<std::string> previous;  ///< that of the page from which one goes on to this one, where there is one that is full
};

/// `json` is the answer that is shown. Cost: at most that of a page more; of a list in world time several times that. Throws MachineFailure.
Earlier earlier_pages(const PageReader& reader, const PageLinks& links, std::string_view json);

}  // namespace chancery::server
