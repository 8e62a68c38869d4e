#include "tools/chancery/tail_source.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "storage/folder.hpp"
#include "tools/chancery/remote.hpp"
#include "tools/server/http.hpp"

namespace chancery::cli {
namespace {

class LocalSource final : public TailSource {
 public:
  LocalSource(Context& context, const std::string& view) : context_(context), view_(view) {}

  Result<Position> last() override {
    const Result<Reading> reading = open_to_read(context_);
    if (!reading) return Failure(reading.error());
    if (!view_.empty()) {
      if (const auto view = find_view(view_); !view) return Failure(view.error());
    }
    return reading->sight.upto;
  }
  bool may_have_more(Position after) override { return after == 0 || HeadFile::read(context_.options.ledger) != after; }
  Result<Batch> read(Position after, std::size_t most) override {
    const Result<Reading> reading = open_to_read(context_);
    if (!reading) return Failure(reading.error());
    if (view_.empty()) return events_after(*reading, after, most);
    return changes_after(*reading, view_, value_or_throw(commit_end_at(*reading->ledger, after)), most);
  }

 private:
  Context& context_;
  const std::string view_;
};

class RemoteSource final : public TailSource {
 public:
  RemoteSource(const Context& context, const std::string& view)
      : remote_(context.remote),
        view_(view),
        path_(view.empty() ? std::string("/v1/events") : "/v1/views/" + server::percent_encoded(view) + "/changes"),
        visibility_(context.options.visibility.empty() ? "" : "&visibility=" + server::percent_encoded(context.options.visibility)) {}

  Result<Position> last() override {
    if (!view_.empty()) {
      if (const auto view = find_view(view_); !view) return Failure(view.error());
    }
    const auto got = remote_->get(fmt::format("{}?limit=1{}", path_, visibility_), "application/x-ndjson");
    if (!got) return Failure(got.error());
    return number(*got, "chancery-position");
  }
  bool may_have_more(Position) override { return true; }
  Result<Batch> read(Position after, std::size_t most) override {
    const auto got = remote_->get(fmt::format("{}?after={}&limit={}{}", path_, after, most, visibility_), "application/x-ndjson");
    if (!got) return Failure(got.error());
    const Result<Position> last = number(*got, "chancery-position");
    if (!last) return Failure(last.error());
    Batch batch{{}, {}, *last, *last};
    for (std::size_t at = 0; at < got->body.size();) {
      const std::size_t end = std::min(got->body.find('\n', at), got->body.size());
      batch.lines.push_back(got->body.substr(at, end - at));
      at = end + 1;
    }
    const Result<Position> end = end_of(*got, batch, most);
    if (!end) return Failure(end.error());
    batch.end = *end;
    return batch;
  }

 private:
  /// Up to where a batch goes: what the server says; else, where there may be more, its last event; else all.
  Result<Position> end_of(const Remote::Got& got, const Batch& batch, std::size_t most) const {
    if (!view_.empty() || !got.response.header("chancery-next").empty()) return number(got, "chancery-next");
    if (batch.lines.size() < most) return batch.last;
    boost::system::error_code error;
    const boost::json::value event = boost::json::parse(batch.lines.back(), error);
    const auto* position = !error && event.is_object() ? event.as_object().if_contains("position") : nullptr;
    if (position && position->is_number()) return position->to_number<Position>();
    return failure(ErrorKind::disk, "server", "an event without a position", "an answer of chancery serve");
  }
  Result<Position> number(const Remote::Got& got, std::string_view header) const {
    const auto position = position_in("pos:" + got.response.header(header));
    if (position) return *position;
    return failure(ErrorKind::disk, "server", "an answer without " + std::string(header), "an answer of chancery serve");
  }

  const std::shared_ptr<Remote> remote_;
  const std::string view_, path_, visibility_;
};

/// The folder or the server that has it: while tail follows, a server may start, or stop.
class EitherSource final : public TailSource {
 public:
  EitherSource(Context& context, const std::string& view) : context_(context), view_(view) {}

  Result<Position> last() override {
    if (const auto zone = context_.zone(); !zone) return Failure(zone.error());
    if (const auto level = context_.level(); !level) return Failure(level.error());
    return do_wherever_it_is(context_, [&] { return source().last(); });
  }
  bool may_have_more(Position after) override { return source().may_have_more(after); }
  Result<Batch> read(Position after, std::size_t most) override {
    return do_wherever_it_is(context_, [&] { return source().read(after, most); });
  }

 private:
  TailSource& source() {
    if (!source_ || asked_ != context_.remote) {
      asked_ = context_.remote;
      if (asked_) source_ = std::make_unique<RemoteSource>(context_, view_);
      else source_ = std::make_unique<LocalSource>(context_, view_);
    }
    return *source_;
  }

  Context& context_;
  const std::string view_;
  std::shared_ptr<Remote> asked_;  // whom source_ asks
  std::unique_ptr<TailSource> source_;
};

}  // namespace

std::unique_ptr<TailSource> TailSource::make(Context& context, const std::string& view) { return std::make_unique<EitherSource>(context, view); }

}  // namespace chancery::cli
