#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Pieces of HTML. What takes text escapes it; what takes HTML says so.
namespace chancery::server {

/// Text that stands for itself in HTML, in quotes too.
std::string escaped(std::string_view text);
/// What somebody recorded: it keeps its own direction, and turns nothing around it.
std::string recorded_text(std::string_view text);
/// `<a href="URL">TEXT</a>` to one of our own pages.
std::string link(std::string_view url, std::string_view text);
/// The same where the text is HTML already.
std::string link_around(std::string_view url, std::string_view html);
/// A link that stands in data: it leads to http(s) or nowhere.
std::string outward_link(std::string_view url, std::string_view text);
/// Links that lead on, side by side; they are not printed. Nothing where there are none. `links` are HTML, and `name` is what a reader who
/// listens is told they are.
std::string ways(std::string_view name, const std::vector<std::string>& links);

/// A table whose rows are stacked where there is no room for columns, each cell under its title.
class Table {
 public:
  /// `named`: the first cell of a row says what the row is about.
  Table(std::vector<std::string> titles, bool named) : titles_(std::move(titles)), named_(named) {}
  /// `cells` are HTML, one for each title.
  void row(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }
  std::string html() const;

 private:
  const std::vector<std::string> titles_;
  const bool named_;
  std::string rows_;
};

struct Frame {
  std::string title, heading;  ///< text: what the page shows, for the window, and for the page
  std::string details;         ///< text: what of it, told in both
  std::string navigation;      ///< HTML
};
/// A whole page around its body, which is HTML.
std::string whole_page(const Frame& frame, std::string_view body);

}  // namespace chancery::server
