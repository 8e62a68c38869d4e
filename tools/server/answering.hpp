#pragma once

#include "tools/chancery/command.hpp"
#include "tools/server/pages.hpp"
#include "tools/server/services.hpp"

/// Answers that are made by the commands of the CLI: the same words, the same rows.
namespace chancery::server {

struct Question {
  std::vector<std::string> words;   ///< the command and its options
  Media media = Media::json;
  std::vector<Media> offered;       ///< as what else it is told
  std::string pinned;               ///< not empty: the answer is for ever that of this, and may be kept,
  std::function<bool(const cli::Answered&)> if_fixed;          ///< if this holds of it; none: whatever it is
  std::function<std::string(const cli::Answered&)> permalink;  ///< where the same answer is for ever; none: it is nowhere
  /// Where the page is that begins after the cursor, or the first one; none: there is one page alone.
  std::function<std::string(const cli::Answered&, const std::optional<std::string>& cursor)> turned;
  std::function<std::string(const cli::Answered&)> count;      ///< where what is on all pages is counted; none: nowhere
  PageQuestion page;                ///< how it is shown to people
  bool is_page = false;             ///< no more than config.rows, and perhaps another page after it
};

/// Runs the command for the caller and answers with what it prints. On a worker. A large answer that is no page goes as it is made.
void answer_by_command(Services& services, const std::shared_ptr<Exchange>& exchange, const Question& question);

/// The media type that `format` names or else the request likes best, of those offered; answers 400 or 406 itself, and gives nothing,
/// where it is none of them.
std::optional<Media> media_of(Exchange& exchange, const std::vector<Media>& offered);

/// `--name=value` for each of these parameters that the query has.
void add_options(std::vector<std::string>& words, const Request& request, std::initializer_list<std::string_view> names);

/// Blanks around dates, names and numbers, which people paste with them, say nothing. What is looked for as text stays as it is.
void trim_parameters(Exchange& exchange);

/// The same question with `fixed` in the place of what it says of those (without those that are empty), and at the level that it was
/// answered at: another reader is told the same, or that it may not be told.
std::string address_with(const Exchange& exchange, const std::vector<std::pair<std::string, std::string>>& fixed);

/// The question, who is told, of which ledger and how much at once, as a strong ETag (RFC 9110): for answers that are for ever the same.
std::string tag_of(const Services& services, const Exchange& exchange, Media media);
/// Whether what was known is named by its position.
bool is_position(const std::optional<std::string>& known);

/// So many rows or events come on a page: fewer for people than for programs.
std::uint64_t page_rows(const Services& services, Media media, std::uint64_t otherwise);

/// What `limit` says, `otherwise` where it says nothing; answers 400 itself, and gives nothing, where it is not 1 to config.rows.
std::optional<std::uint64_t> limit_of(const Services& services, Exchange& exchange, std::uint64_t otherwise);

/// What a page of the format is of the CLI.
std::string format_option(Media media);

}  // namespace chancery::server
