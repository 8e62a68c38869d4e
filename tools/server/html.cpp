#include "tools/server/html.hpp"

#include <fmt/format.h>

#include "tools/format/text.hpp"

namespace chancery::server {
namespace {

constexpr std::string_view style =
    "body{font:1rem/1.5 Georgia,serif;max-width:76rem;margin:0 auto;padding:1rem;color:#111;background:#fff;overflow-wrap:anywhere}"
    "nav,.ways{display:flex;flex-wrap:wrap;gap:0 1rem}table+.ways,.ways+.ways{margin-top:1rem}nav form{margin:0}h1{line-height:1.25}h1 small{display:block;font-size:1.1rem;font-weight:normal;line-height:1.4}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #ccc}"
    "thead th{border-bottom:2px solid #111;overflow-wrap:normal}tbody th{font-weight:normal}td{min-width:7.5rem}tbody th{min-width:9rem}td[data-title=\"what is so\"]{min-width:13rem}"
    "dt{font-weight:bold}dd{margin:0 0 .4rem 1.5rem}dd ul,td ul{margin:0;padding-left:1rem}"
    "details{border:1px solid #ccc;padding:.3rem .6rem;margin:1rem 0}details form{margin:.6rem 0}.question{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end}"
    "label{display:flex;flex-direction:column}label small,.note{color:#444}"
    "input,select,button{font:inherit;padding:.1rem .3rem;max-width:100%;box-sizing:border-box}"
    "blockquote{margin:.2rem 0 .2rem 1.5rem;font-style:italic;white-space:pre-line}.text{white-space:pre-line}.url{font-size:.85em}.whole{white-space:nowrap}"
    ".tree{list-style:none;padding:0}.tree li{padding:.15rem 0 .15rem .6rem;border-left:1px solid #999}mark{background:#fdf3b5}"
    "@media screen and (max-width:60rem){.whole{white-space:normal}thead{display:none}table,tbody,tr,td,tbody th{display:block}tr{border-bottom:2px solid #111;padding:.4rem 0}"
    "td,tbody th{border:0;padding:.1rem 0}td::before,tbody th::before{content:attr(data-title) \": \";font-weight:bold}td:empty{display:none}label,label input,label select{width:100%}}"
    "@media print{html{font-size:9pt}body{padding:0;max-width:none}nav,form,.question,details,.ways,.asking{display:none}a{color:#111;text-decoration:none}mark{background:none;font-weight:bold}tr,blockquote,dd{break-inside:avoid}"
    "h2,dt{break-after:avoid}}";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string recorded_text(std::string_view text) { return "<bdi>" + escaped(text) + "</bdi>"; }

std::string link(std::string_view url, std::string_view text) { return link_around(url, escaped(text)); }

std::string link_around(std::string_view url, std::string_view html) { return fmt::format("<a href=\"{}\">{}</a>", escaped(url), html); }

std::string outward_link(std::string_view url, std::string_view text) {
  const bool good = url.starts_with("http://") || url.starts_with("https://");
  return good ? link_around(url, recorded_text(text)) : recorded_text(text);
}

std::string ways(std::string_view name, const std::vector<std::string>& links) {
  if (links.empty()) return {};
  std::string out = fmt::format("<nav class=\"ways\" aria-label=\"{}\">", escaped(name));
  for (const std::string& one : links) out += one + '\n';
  return out + "</nav>\n";
}

void Table::row(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool name = named_ && i == 0;
    rows_ += fmt::format("<{0}{1} data-title=\"{2}\">{3}</{0}>", name ? "th" : "td", name ? " scope=\"row\"" : "", escaped(titles_[i]), cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string Table::html() const {
  std::string out = "<table><thead><tr>";
  for (const std::string& title : titles_) out += fmt::format("<th scope=\"col\">{}</th>", escaped(title));
  return out + "</tr></thead><tbody>\n" + rows_ + "</tbody></table>\n";
}

std::string whole_page(const Frame& frame, std::string_view body) {
  constexpr std::string_view product = "Chancery";
  std::string title = frame.title;
  if (!frame.details.empty()) title += ", " + frame.details;
  if (title != product) title.append(" - ").append(product);
  const std::string details = frame.details.empty() ? "" : " <small>" + recorded_text(frame.details) + "</small>";
  // Without an icon of its own a browser asks the server for one.
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">"
      "<title>{}</title><style>{}</style></head>\n<body><nav aria-label=\"Chancery\">{}</nav>\n<main><h1>{}{}</h1>\n{}</main>\n</body></html>\n",
      escaped(harmless(title)), style, frame.navigation, recorded_text(frame.heading), details, body);
}

}  // namespace chancery::server
