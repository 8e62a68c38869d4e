#pragma once

#include <optional>
#include <string>

#include "tools/server/exchange.hpp"

/// Answers as pages for people: plain HTML without scripts, made from the same JSON that programs get.
namespace chancery::server {

enum class PageKind : std::uint8_t { view, key, diff, events, event };

struct PageQuestion {
  PageKind kind = PageKind::view;
  std::optional<std::string> permalink;  ///< the same answer for ever
  std::optional<std::string> next;       ///< the next page
};

/// `json` is what the route answers in JSON.
std::string answer_page(const Exchange& exchange, const PageQuestion& question, const std::string& json);
/// What is said of a request that is refused.
std::string problem_page(const Exchange& exchange, int status, const std::string& problem_json);
/// The first page: what there is to be asked, and where the ledger ends for those who may know.
std::string front_page(const Exchange& exchange, std::optional<Position> last);
/// Where a token is given.
std::string login_page(bool refused);

/// Headers of every page: nothing is loaded from anywhere, and nothing runs.
std::vector<std::pair<std::string, std::string>> page_headers();

}  // namespace chancery::server
