#include "tools/chancery/chronology.hpp"

#include <fmt/format.h>

#include <ostream>

#include "tools/format/dates.hpp"
#include "tools/format/text.hpp"

namespace chancery::cli {
namespace {

bool can_be_linked(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) && url.find_first_of("<> \n\t") == std::string_view::npos;
}

std::string source_line(const Source& source) {
  std::string line = in_markdown(source_in_words(source));
  if (source.url && can_be_linked(*source.url)) line = '[' + line + "](<" + *source.url + ">)";
  if (source.grade) line += ", " + in_markdown(*source.grade);
  if (source.quote) line += ": “" + in_markdown(*source.quote) + "”";
  return line;
}

}  // namespace

std::string source_in_words(const Source& source) {
  std::string words;
  const auto add = [&](const std::string& text) { words += (words.empty() ? "" : ", ") + text; };
  if (source.title) add(*source.title);
  if (source.publisher) add(*source.publisher);
  if (source.published) add(date_in_words(source.published->text));
  if (words.empty()) words = source.url.value_or(source.sha256.value_or("a source without a name"));
  return words;
}

Chronology::Chronology(const Reading& reading, std::ostream& out) : reading_(reading), standing_(reading), out_(out) {
  out_ << "# Chronology\n";
}

void Chronology::add(const Recorded& seen) {
  if (seen.event.about_record()) return;
  if (standing_.live(seen.position) != seen.position) {
    ++left_out_;
    return;
  }
  const std::string date = date_in_words(seen.event.occurred);
  if (date != heading_) out_ << "\n## " << in_markdown(date) << "\n\n";
  heading_ = date;
  const std::string type = seen.event.summary ? "" : std::string(seen.event.type()) + ": ";
  out_ << "- " << in_markdown(type + event_title(seen)) << " (`" << seen.event.id.text << '`';
  for (const Position by : standing_.naming(Relation::disputes, seen.position)) out_ << ", disputed by `" << id_of(reading_, by) << '`';
  out_ << ")\n";
  add_sources(seen);
}

void Chronology::add_sources(const Recorded& seen) {
  for (const Source& source : seen.event.sources) out_ << "  - " << source_line(source) << '\n';
  for (const Position further : standing_.naming(Relation::supports, seen.position)) {
    for (const Source& source : event_at(reading_, further).event.sources) {
      out_ << "  - " << source_line(source) << " (added by `" << id_of(reading_, further) << "`)\n";
    }
  }
}

void Chronology::finish() {
  out_ << fmt::format("\nAs known at position {}. Each date is one of its event's own zone.", reading_.sight.upto);
  if (left_out_ > 0) out_ << fmt::format(" Left out, because corrected or withdrawn: {}.", left_out_);
  out_ << '\n';
}

}  // namespace chancery::cli
