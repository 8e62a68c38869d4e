#include "tools/server/answering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "core/json/cloud_event.hpp"
#include "tools/chancery/reading.hpp"
#include "tools/chancery/run.hpp"
#include "tools/server/access.hpp"
#include "tools/server/pages/members.hpp"
#include "tools/server/pages/reader.hpp"

namespace chancery::server {
namespace {

// What an answer that is kept for ever depends on besides the question: another version may write it otherwise.
constexpr std::string_view answers_version = "3";

constexpr std::size_t pipe_bytes_max = 1UL << 20;

/// Thrown where nobody reads what a command prints: it need not go on.
struct ReaderLeft {};

/// Text that is kept whole while it is small; as soon as it is large, `begin` is called once and what comes goes into the pipe. Without
/// `begin` it is kept whole, however large.
class GrowingAnswer final : public GatheringBuffer {
 public:
  GrowingAnswer(std::shared_ptr<Pipe> pipe, std::function<void()> begin)
      : GatheringBuffer(begin ? piece_bytes : std::string::npos), pipe_(std::move(pipe)), begin_(std::move(begin)) {}
  std::string& text() { return gathered_; }
  bool begun() const { return begun_; }
  bool push() override {
    if (!begun_) begin_();
    begun_ = true;
    if (!pipe_->write(gathered_)) throw ReaderLeft();
    gathered_.clear();
    return true;
  }

 private:
  static constexpr std::size_t piece_bytes = 128 * 1024;

  const std::shared_ptr<Pipe> pipe_;
  const std::function<void()> begin_;
  bool begun_ = false;
};

/// What an answer that is for ever the same says of that, and of what it depends on (RFC 9110, 15.4.5: a 304 too).
void add_pin(Answer& answer, const Question& question) {
  answer.headers.emplace_back("Vary", "Accept, Authorization, Cookie");
  answer.headers.emplace_back("ETag", question.pinned);
  answer.headers.emplace_back("Cache-Control", "private, max-age=31536000, immutable");
}

/// What a browser calls the file that an address gives it: what the address names, and the format.
std::string file_name(const Exchange& exchange, Media media) {
  std::string name;
  for (const std::string& segment : exchange.request.target.segments) name += segment == "v1" ? "" : (name.empty() ? "" : "-") + segment;
  for (char& each : name) {
    const bool plain = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') || each == '.' || each == '_';
    if (!plain) each = '-';
  }
  return fmt::format("{}.{}", name, format_name(media));
}

void describe(Answer& answer, const Exchange& exchange, const Question& question, const cli::Answered& answered) {
  if (question.media == Media::csv && exchange.request.parameter("format")) answer.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", file_name(exchange, question.media)));
  answer.content_type = std::string(media_type(question.media));
  if (question.media == Media::csv || question.media == Media::html || question.media == Media::markdown) answer.content_type += "; charset=utf-8";
  if (answered.position) answer.headers.emplace_back("Chancery-Position", std::to_string(*answered.position));
  if (!question.pinned.empty() && (!question.if_fixed || question.if_fixed(answered))) {
    add_pin(answer, question);
  } else {
    answer.headers.emplace_back("Vary", "Accept, Authorization, Cookie");
    answer.headers.emplace_back("Cache-Control", "no-store");
    if (question.permalink && answered.position) answer.headers.emplace_back("Content-Location", question.permalink(answered));
  }
  if (!answered.next) return;
  answer.headers.emplace_back("Chancery-Next", percent_encoded(*answered.next));
  if (question.turned) answer.headers.emplace_back("Link", fmt::format("<{}>; rel=\"next\"", question.turned(answered, answered.next)));
}

/// What the reader calls the server: what is told, else what he asked for. Whoever comes through the ledger's folder asked for nothing.
std::string base_of(const Services& services, const Exchange& exchange) {
  const std::string host = exchange.request.header("host");
  if (!services.config.public_url.empty() || exchange.caller.owner || host.empty()) return services.url;
  return (services.config.tls_certificate.empty() ? "http://" : "https://") + host;
}

/// As what the answer is told, for what is made from its JSON.
cli::Reading reading_of(const Services& services, const Exchange& exchange, const cli::Answered& answered) {
  return {services.ledger, {answered.position.value_or(0), level_of(exchange)}, exchange.request.parameter("zone").value_or("UTC")};
}

/// The address without that parameter.
std::string without(std::string address, std::string_view name) {
  for (const char before : {'?', '&'}) {
    const std::size_t at = address.find(fmt::format("{}{}=", before, name));
    if (at == std::string::npos) continue;
    const std::size_t end = address.find('&', at + 1);
    if (end == std::string::npos) address.erase(at);
    else address.erase(at + 1, end - at);
  }
  return address;
}

/// The whole answer in each of the formats that programs read; where it comes in pages, so much of it as one page may have.
std::vector<PageFormat> formats_of(const Services& services, const Question& question, const cli::Answered& answered, const std::optional<std::string>& permalink) {
  std::vector<PageFormat> formats;
  const std::string whole = without(without(question.turned ? question.turned(answered, std::nullopt) : permalink.value_or(""), "limit"), "format");
  for (const Media media : question.offered) {
    if (media == Media::html || media == Media::cloud_event || media == Media::cloud_events || whole.empty()) continue;
    const bool in_pages = question.page.kind == PageKind::rows || question.page.kind == PageKind::rows_of_key || (question.page.kind == PageKind::events && (media == Media::json || media == Media::csv));
    const std::string limit = in_pages ? fmt::format("&limit={}", services.config.rows) : "";
    formats.push_back({format_name(media), fmt::format("{}{}format={}{}", whole, whole.find('?') == std::string::npos ? '?' : '&', format_name(media), limit), in_pages ? services.config.rows : 0});
  }
  return formats;
}

/// The answer as a page.
void show_as_page(Answer& answer, Services& services, const Exchange& exchange, const Question& question, const cli::Answered& answered) {
  PageQuestion page = question.page;
  // Of rows at one time the instant is that of the answer; of the rows of a key it is what the route was asked to have marked.
  if (page.kind == PageKind::rows && question.turned) page.at = answered.at;
  PageLinks links;
  links.base = base_of(services, exchange);
  if (question.permalink && answered.position) links.permalink = question.permalink(answered);
  if (question.turned) links.turned = [&](const std::optional<std::string>& cursor) { return question.turned(answered, cursor); };
  links.next = answered.next;
  links.formats = formats_of(services, question, answered, links.permalink);
  if (question.count) links.count = question.count(answered);
  answer.body = answer_page(exchange, reading_of(services, exchange, answered), page, links, answer.body);
  for (auto& header : page_headers()) answer.headers.push_back(std::move(header));
}

/// The one event, or the list of them, as CloudEvents.
void show_as_cloud_events(Answer& answer, const cli::Reading& reading, Media media) {
  const std::string json = std::exchange(answer.body, {});
  const auto add = [&](std::string_view event) { write_cloud_event(answer.body, cli::event_at(reading, std::stoull(plain_text(member(event, "position")))), reading.ledger->source()); };
  if (media == Media::cloud_event) {
    add(member(json, "event"));
  } else {
    for (const std::string_view event : elements(member(json, "events"))) {
      answer.body += answer.body.empty() ? "[\n" : ",\n";
      add(event);
    }
    answer.body += answer.body.empty() ? "[]" : "\n]";
  }
  answer.body += '\n';
}

bool is_made_from_json(Media media) { return media == Media::html || media == Media::cloud_event || media == Media::cloud_events; }

}  // namespace

std::string format_option(Media media) {
  switch (media) {
    case Media::ndjson: return "--format=ndjson";
    case Media::csv: return "--format=csv";
    case Media::markdown: return "--format=md";
    default: return "--format=json";
  }
}

void answer_by_command(Services& services, const std::shared_ptr<Exchange>& exchange, const Question& question) {
  // Who has the tag was given it with an answer that was for ever the same then. Who says `*` has not said that there is one.
  const bool any = exchange->request.has_already("");
  if (!question.pinned.empty() && !any && exchange->request.has_already(question.pinned)) {
    Answer same;
    same.status = 304;
    add_pin(same, question);
    return exchange->respond(Reply(std::move(same)));
  }
  std::ostringstream messages;
  cli::Surroundings around;
  around.ledger = services.ledger;
  around.ceiling = exchange->caller.level();
  around.screen = Screen{};
  around.err = &messages;
  around.goes_on = [&exchange](std::string_view) { return !exchange->left; };
  const auto pipe = std::make_shared<Pipe>(pipe_bytes_max, std::chrono::seconds(services.config.stall_seconds), services.over);
  cli::Context* asked = nullptr;
  const std::function<void()> begin = [&] {
    Reply reply;
    describe(reply.answer, *exchange, question, asked->answered);
    reply.pipe = pipe;
    exchange->respond(std::move(reply));
  };
  // What a page says of the next one stands in its headers: it is made whole first.
  GrowingAnswer growing(pipe, is_made_from_json(question.media) || question.is_page ? nullptr : begin);
  std::ostream out(&growing);
  out.exceptions(std::ios::badbit);
  around.out = &out;
  cli::Context context(std::move(around));
  asked = &context;
  std::vector<std::string> words = question.words;
  words.insert(words.begin() + 1, format_option(question.media));
  int code = cli::machine_failed;
  try {
    code = cli::run(context, words);
    if (growing.begun()) growing.push();
  } catch (const ReaderLeft&) {
    return pipe->finish(false);
  }
  if (growing.begun()) return pipe->finish(code == cli::done);
  // What was broken off for want of a reader is no answer.
  if (exchange->left) return exchange->respond(to_nobody());
  if (code == cli::done) {
    Reply reply;
    describe(reply.answer, *exchange, question, context.answered);
    reply.answer.body = std::move(growing.text());
    if (question.media == Media::html) show_as_page(reply.answer, services, *exchange, question, context.answered);
    else if (is_made_from_json(question.media)) show_as_cloud_events(reply.answer, reading_of(services, *exchange, context.answered), question.media);
    return exchange->respond(std::move(reply));
  }
  if (const auto& error = context.answered.error) {
    Reply refused(problem_for(exchange->caller, *error));
    // A view that there is none of is a path that there is none of.
    if (error->field == "view") refused.answer = problem(404, *error);
    return exchange->respond(std::move(refused));
  }
  std::string said = messages.str();
  said.resize(std::min(said.size(), said.find('\n')));
  exchange->respond(Reply(problem(Error{ErrorKind::refused, "query", quoted(said), "what /openapi.json says of it"})));
}

std::optional<Media> media_of(Exchange& exchange, const std::vector<Media>& offered) {
  if (const auto format = exchange.request.parameter("format")) {
    std::vector<std::string_view> names;
    for (const Media one : offered) {
      if (format_name(one) == *format) return one;
      names.push_back(format_name(one));
    }
    exchange.respond(Reply(problem(Error{ErrorKind::refused, "format", quoted(*format), fmt::format("{}", fmt::join(names, ", "))})));
    return std::nullopt;
  }
  const auto media = negotiate(exchange.request.header("accept"), offered);
  if (media) return media;
  std::vector<std::string_view> types;
  for (const Media one : offered) types.push_back(media_type(one));
  exchange.respond(Reply(problem(406, Error{ErrorKind::refused, "Accept", quoted(exchange.request.header("accept")), fmt::format("{}", fmt::join(types, ", "))})));
  return std::nullopt;
}

void add_options(std::vector<std::string>& words, const Request& request, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : request.target.query) {
    if (std::find(names.begin(), names.end(), name) != names.end()) words.push_back(fmt::format("--{}={}", name, value));
  }
}

void trim_parameters(Exchange& exchange) {
  for (auto& [name, value] : exchange.request.target.query) {
    if (name == "grep" || name == "where" || name == "prefix" || name == "key" || name == "after") continue;
    value.erase(0, std::min(value.find_first_not_of(" \t"), value.size()));
    value.erase(value.find_last_not_of(" \t") + 1);
  }
  std::erase_if(exchange.request.target.query, [](const auto& one) { return one.second.empty() && one.first != "count" && one.first != "explain"; });
}

std::string address_with(const Exchange& exchange, const std::vector<std::pair<std::string, std::string>>& fixed) {
  Parameters parameters = fixed;
  parameters.emplace_back("visibility", word(level_of(exchange)));
  const auto is_fixed = [&](std::string_view name) { return std::any_of(parameters.begin(), parameters.end(), [&](const auto& one) { return one.first == name; }); };
  Parameters rest;
  for (const auto& given : exchange.request.target.query) {
    if (given.first != "min_position" && !is_fixed(given.first)) rest.push_back(given);
  }
  std::erase_if(parameters, [](const auto& one) { return one.second.empty(); });
  parameters.insert(parameters.end(), rest.begin(), rest.end());
  return address(exchange, path_of(exchange), parameters);
}

std::string tag_of(const Services& services, const Exchange& exchange, Media media) {
  std::string text = fmt::format("{} {} {} {} {} {}", answers_version, services.ledger->source(), services.config.rows, static_cast<int>(exchange.caller.level()),
                                 reads_by_cookie(exchange), media_type(media));
  // A page has whole addresses in it.
  if (media == Media::html) text += '\0' + base_of(services, exchange);
  for (const std::string& segment : exchange.request.target.segments) text += '\0' + segment;
  for (const auto& [name, value] : exchange.request.target.query) {
    if (name != "min_position") text += '\0' + name + '\0' + value;
  }
  return '"' + sha256_hex(text).substr(0, 32) + '"';
}

bool is_position(const std::optional<std::string>& known) { return known && known->starts_with("pos:") && known->find("..") == std::string::npos; }

std::uint64_t page_rows(const Services& services, Media media, std::uint64_t otherwise) {
  constexpr std::uint64_t for_people = 200;
  return std::min(services.config.rows, media == Media::html ? for_people : otherwise);
}

std::optional<std::uint64_t> limit_of(const Services& services, Exchange& exchange, std::uint64_t otherwise) {
  const auto text = exchange.request.parameter("limit");
  if (!text) return otherwise;
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error == std::errc() && end == text->data() + text->size() && limit >= 1 && limit <= services.config.rows) return limit;
  exchange.respond(Reply(problem(Error{ErrorKind::refused, "limit", quoted(*text), fmt::format("1 to {}", services.config.rows)})));
  return std::nullopt;
}

}  // namespace chancery::server
