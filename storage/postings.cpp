#include "storage/postings.hpp"

#include <algorithm>

#include "storage/index.hpp"
#include "storage/keys.hpp"

namespace chancery {
namespace {

/// How many entries are stepped over before a seek is cheaper.
constexpr int steps_before_seek = 8;

/// The postings of one value in the index.
class IndexPostings final : public Postings {
 public:
  IndexPostings(const Store& index, Kind kind, std::string_view value, bool backward)
      : cursor_(index.cursor()), prefix_(posting_prefix(kind, value)), backward_(backward) {}

  void seek(Position position) override {
    for (int step = 0; current_ && step < steps_before_seek; ++step) {
      if (backward_ ? *current_ <= position : *current_ >= position) return;
      backward_ ? cursor_->previous() : cursor_->next();
      take();
    }
    if (started_ && !current_) return;
    started_ = true;
    std::string key = prefix_;
    append_big_endian(key, position);
    if (backward_) key += '\0';  // the first key after that of `position`
    backward_ ? cursor_->seek_before(key) : cursor_->seek(key);
    take();
  }
  std::optional<Position> current() const override { return current_; }

 private:
  void take() {
    const bool here = cursor_->valid() && cursor_->key().size() == prefix_.size() + keys::number_bytes && cursor_->key().starts_with(prefix_);
    current_ = here ? std::optional(keys::last_number(cursor_->key())) : std::nullopt;
  }

  const std::unique_ptr<Cursor> cursor_;
  const std::string prefix_;
  const bool backward_;
  bool started_ = false;
  std::optional<Position> current_;
};

/// The events of one stream, by bisection of its revisions.
class StreamPostings final : public Postings {
 public:
  StreamPostings(const LogReader& log, std::string stream, bool backward)
      : log_(log), stream_(std::move(stream)), backward_(backward), low_(0), high_(log.next_revision(stream_)) {}

  void seek(Position position) override {
    if (current_ && (backward_ ? *current_ <= position : *current_ >= position)) return;
    if (backward_) {
      // The last revision at or before `position` is below high_.
      std::uint64_t low = 0;
      while (low < high_) {
        const std::uint64_t middle = low + (high_ - low) / 2;
        log_.position_of(stream_, middle) <= position ? low = middle + 1 : high_ = middle;
      }
      current_ = high_ > 0 ? std::optional(log_.position_of(stream_, high_ - 1)) : std::nullopt;
    } else {
      std::uint64_t high = high_;
      while (low_ < high) {
        const std::uint64_t middle = low_ + (high - low_) / 2;
        log_.position_of(stream_, middle) < position ? low_ = middle + 1 : high = middle;
      }
      current_ = low_ < high_ ? std::optional(log_.position_of(stream_, low_)) : std::nullopt;
    }
  }
  std::optional<Position> current() const override { return current_; }

 private:
  const LogReader& log_;
  const std::string stream_;
  const bool backward_;
  std::uint64_t low_, high_;  // what comes from here on lies in [low_, high_)
  std::optional<Position> current_;
};

/// What any of its parts has.
class Union final : public Postings {
 public:
  Union(std::vector<std::unique_ptr<Postings>> parts, bool backward) : parts_(std::move(parts)), backward_(backward) {}

  void seek(Position position) override {
    current_.reset();
    for (const auto& part : parts_) {
      part->seek(position);
      const auto at = part->current();
      if (at && (!current_ || (backward_ ? *at > *current_ : *at < *current_))) current_ = at;
    }
  }
  std::optional<Position> current() const override { return current_; }

 private:
  const std::vector<std::unique_ptr<Postings>> parts_;
  const bool backward_;
  std::optional<Position> current_;
};

/// What all of its parts have: each in turn is sought where the one before stands, so that the rarest sets the pace.
class Intersection final : public Postings {
 public:
  Intersection(std::vector<std::unique_ptr<Postings>> parts) : parts_(std::move(parts)) {}

  void seek(Position position) override {
    std::size_t agreeing = 0;
    for (std::size_t i = 0; agreeing < parts_.size(); i = (i + 1) % parts_.size()) {
      parts_[i]->seek(position);
      current_ = parts_[i]->current();
      if (!current_) return;
      agreeing = *current_ == position ? agreeing + 1 : 1;
      position = *current_;
    }
  }
  std::optional<Position> current() const override { return current_; }

 private:
  const std::vector<std::unique_ptr<Postings>> parts_;
  std::optional<Position> current_;
};

}  // namespace

std::unique_ptr<Postings> postings(const Query& query, Visibility level, const Store& index, const LogReader& log, bool backward) {
  std::vector<std::unique_ptr<Postings>> all;
  const auto add_union = [&](std::vector<std::unique_ptr<Postings>> parts) {
    if (parts.empty()) return;
    if (parts.size() == 1) all.push_back(std::move(parts.front()));
    else all.push_back(std::make_unique<Union>(std::move(parts), backward));
  };
  const auto add_list = [&](Kind kind, const std::vector<std::string>& values) {
    std::vector<std::unique_ptr<Postings>> parts;
    for (const std::string& value : values) parts.push_back(std::make_unique<IndexPostings>(index, kind, value, backward));
    add_union(std::move(parts));
  };
  std::vector<std::unique_ptr<Postings>> streams;
  for (const std::string& stream : query.streams) {
    streams.push_back(std::make_unique<StreamPostings>(log, stream, backward));
    if (stream != "actions") continue;
    for (const Visibility hidden : all_levels) {
      const char value = static_cast<char>(hidden);
      if (hidden > level) streams.push_back(std::make_unique<IndexPostings>(index, Kind::hidden_stream, std::string_view(&value, 1), backward));
    }
  }
  add_union(std::move(streams));
  add_list(Kind::measure, query.measures);
  add_list(Kind::tag, query.tags);
  add_list(Kind::party, query.parties);
  add_list(Kind::type, query.types);
  if (all.empty()) return nullptr;
  if (all.size() == 1) return std::move(all.front());
  return std::make_unique<Intersection>(std::move(all));
}

}  // namespace chancery
