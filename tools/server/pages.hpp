#pragma once

#include <optional>
#include <string>

#include "tools/chancery/reading.hpp"
#include "tools/server/exchange.hpp"

/// Answers as pages for people: plain HTML without scripts, fit to be printed, made from what programs get and told in the words of the
/// commands.
namespace chancery::server {

enum class PageKind : std::uint8_t { rows, diff, events, event, trace };

struct PageQuestion {
  PageKind kind = PageKind::rows;
  std::optional<std::string> permalink;  ///< the same answer for ever
  std::optional<std::string> next;       ///< the next page
};

/// `json` is what the route answers in JSON; `reading` the level and the position that it was answered at: the page tells of nothing else.
std::string answer_page(const Exchange& exchange, const cli::Reading& reading, const PageQuestion& question, const std::string& json);
/// What is said of a request that is refused, with its question to be asked again.
std::string problem_page(const Exchange& exchange, int status, const std::string& problem_json);
/// The first page: what there is to be asked, and where the ledger ends for those who may know.
std::string front_page(const Exchange& exchange, std::optional<Position> last);
/// The views and what each shows.
std::string views_page(const Exchange& exchange);
/// Where a token is given. `back` is where the reader goes on to.
std::string login_page(const Exchange& exchange, bool refused, const std::string& back);
/// `url` where it is an address of ours, else that of the front page.
std::string own_address(const std::string& url);

/// Headers of every page: nothing is loaded from anywhere, and nothing runs.
std::vector<std::pair<std::string, std::string>> page_headers();

}  // namespace chancery::server
