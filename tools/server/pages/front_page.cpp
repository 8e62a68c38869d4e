#include <fmt/format.h>

#include <algorithm>

#include "projections/view.hpp"
#include "tools/server/html.hpp"
#include "tools/server/pages/forms.hpp"
#include "tools/server/pages/parts.hpp"

/// The first page, and where a token is given.
namespace chancery::server {
namespace {

/// What a view shows, in a sentence.
std::string_view sentence_of(std::string_view view) {
  constexpr std::pair<std::string_view, std::string_view> sentences[] = {
      {"prisoners", "How many are held, and what became of each person who is named."},
      {"sanctions", "What each measure restricts, and what of it was eased or lifted."},
      {"missions", "Who has an embassy where, and whether it is open."},
      {"relations", "Who dealt with whom in each month, in words or deeds, well or ill."},
      {"correspondence", "Which letters were sent, delivered and answered."},
      {"commitments", "What was promised, until when, and whether it was kept."},
      {"licences", "What licences and letters permit, and until when."},
      {"estimates", "How many are held by whose count: contested numbers side by side."},
      {"envoys", "Who represents whom, where."},
      {"parties", "Who the persons and bodies are: names, nationalities, identifiers."},
      {"flights", "Which flights were flown, and whom they carried."},
      {"lists", "Which published lists were looked at, and when."},
  };
  const auto* found = std::find_if(std::begin(sentences), std::end(sentences), [&](const auto& one) { return one.first == view; });
  return found == std::end(sentences) ? "" : found->second;
}

std::string views_list(const Exchange& exchange) {
  std::string out = "<dl>\n";
  for (const View* view : all_views()) out += "<dt>" + link(address(exchange, view_path(view->name())), view->name()) + "</dt><dd>" + escaped(sentence_of(view->name())) + "</dd>\n";
  return out + "</dl>\n";
}

/// Both times to choose once, and a button for each view.
std::string times_form(const Exchange& exchange) {
  std::string out = fmt::format("<form class=\"question\" method=\"get\" action=\"{}\">\n", view_path(all_views().front()->name()));
  for (const std::string_view name : {"at", "known", "zone", "visibility"}) out += input(exchange, name);
  out += zone_choices() + "<span>";
  for (const View* view : all_views()) out += fmt::format("<button formaction=\"{}\">{}</button> ", view_path(view->name()), view->name());
  return out + "</span></form>\n";
}

}  // namespace

std::string front_page(const Exchange& exchange, std::optional<Position> last) {
  std::string body = fmt::format("<p>An append-only ledger of diplomatic actions{}.</p>\n<h2>What is, or was, so</h2>\n", last ? fmt::format("; it ends at position {}", *last) : "");
  body += views_list(exchange) + "<h3 class=\"asking\">At another time, or as known at another</h3>\n" + times_form(exchange);
  body += "<h2>What was recorded</h2>\n<ul><li>" + link(address(exchange, "/v1/events", {{"order", "newest"}}), "newest first") + "</li><li>" +
          link(address(exchange, "/v1/events", {{"order", "occurred"}}), "as it happened") + "</li></ul>\n";
  body += exchange.caller.known ? fmt::format("<p class=\"note\">You read as {}; pages are shown at level <b>{}</b>.</p>\n", role_name(exchange.caller.role), word(level_of(exchange)))
                                : "<p class=\"asking\">" + link("/login", "Give a token") + "</p>\n";
  return whole_page({"Chancery", "Chancery", "", navigation(exchange)}, body);
}

std::string views_page(const Exchange& exchange) { return whole_page({"Views", "Views", fmt::format("level {}", word(level_of(exchange))), navigation(exchange)}, views_list(exchange) + times_form(exchange)); }

std::string own_address(const std::string& url) {
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
  return plain && url.starts_with('/') && !url.starts_with("//") ? url : "/";
}

std::string login_page(const Exchange& exchange, bool refused, const std::string& back) {
  return whole_page({"Token", "Token", "", navigation(exchange)},
                    std::string(refused ? "<p>That is no token. Is it whole? Ask whoever runs this ledger.</p>\n" : "<p>Whoever runs this ledger gives you one.</p>\n") +
                        "<form class=\"question\" method=\"post\" action=\"/login\"><label>token <input name=\"token\" type=\"password\" autocomplete=\"off\"></label>" +
                        fmt::format("<input type=\"hidden\" name=\"back\" value=\"{}\"><button>Read</button></form>\n", escaped(own_address(back))));
}

}  // namespace chancery::server
