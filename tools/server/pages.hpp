#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tools/chancery/reading.hpp"
#include "tools/server/exchange.hpp"

/// Answers as pages for people: plain HTML without scripts, fit to be printed, made from what programs get and told in the words of the
/// commands.
namespace chancery::server {

enum class PageKind : std::uint8_t { rows, rows_of_key, diff, events, event, trace };

/// What a page has to know of the question besides its parameters.
struct PageQuestion {
  PageKind kind = PageKind::rows;
  std::string cursor;         ///< the parameter that says after what a page begins; empty: the answer is one page
  std::uint64_t limit = 0;    ///< rows, events, or keys that differ, that a page has at most
  std::optional<Instant> at;  ///< the world's time that was asked for, where it is one instant
};

/// An answer in another format.
struct PageFormat {
  std::string_view name;   ///< as `format` has it
  std::string address;
  std::uint64_t most = 0;  ///< so many rows or events of it at most; 0: all
};

/// Where the answer leads on to.
struct PageLinks {
  std::string base;                      ///< SCHEME://HOST, as which the reader knows the server; addresses are paths of it
  std::optional<std::string> permalink;  ///< the same answer for ever
  std::optional<std::string> next;       ///< the cursor of the next page
  /// The page that begins after a cursor, or the first one. Set where PageQuestion::cursor is.
  std::function<std::string(const std::optional<std::string>& cursor)> turned;
  std::optional<std::string> count;      ///< where what is on all pages is counted
  std::vector<PageFormat> formats;       ///< the same for programs
};

/// `json` is what the route answers in JSON; `reading` the level and the position that it was answered at: the page tells of nothing else.
/// Throws MachineFailure.
std::string answer_page(const Exchange& exchange, const cli::Reading& reading, const PageQuestion& question, const PageLinks& links, const std::string& json);
/// Makes a problem a page, with its question to be asked again, where that is what the request takes. Of a request that could not be read
/// `exchange` has what could be.
void show_to_people(const Exchange& exchange, Answer& answer);
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
