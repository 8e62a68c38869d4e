#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tools/chancery/command.hpp"
#include "tools/chancery/times.hpp"

/// What the commands that show events share.
namespace chancery::cli {

/// A ledger opened by a reader of some level, as it stands now.
struct Reading {
  std::shared_ptr<Ledger> ledger;
  Sight sight;
  std::string zone;
  std::function<bool()> wanted = {};  ///< asked at each of many small steps: whether somebody still waits for what is read; none: somebody does
};

/// As known then, now where `known` says nothing. Fails with what Context::open does, and where --known, --visibility or --zone is refused.
Result<Reading> open_to_read(Context& context, const std::string& known = {});
/// --known of a command that reads events.
void add_known(CLI::App* command, std::string& known);

/// The event of an id, or of pos:N. Fails with: not_found, also where the reader does not see it; refused where it is neither.
Result<Position> find_event(const Reading& reading, std::string_view name);

/// The event at a position as the reader sees it. Throws MachineFailure.
Recorded event_at(const Reading& reading, Position position);

/// The event as one line of native JSON with its output fields. `seen` is as the reader sees it.
std::string event_json(const Recorded& seen);

/// The sentence that stands for an event in a list: its summary, else the texts of its payload.
std::string event_title(const Recorded& seen);

/// Asked at each of many small steps: whether whoever runs the command still waits for it. None: nobody need be asked.
std::function<bool()> still_wanted(const Context& context, std::uint64_t asks_every = 1024);

/// Members of an object whose values are JSON already: `{"id":"a","live":true}`.
using Members = std::initializer_list<std::pair<std::string_view, std::string>>;
std::string json_object(Members members);
std::string json_text(std::string_view text);

/// The instants of --since and --until: the first of an EDTF date or time, the last of one.
Result<std::optional<Instant>> since_instant(std::string_view field, std::string_view text, std::string_view zone);
Result<std::optional<Instant>> until_instant(std::string_view field, std::string_view text, std::string_view zone);

/// The level of that name, none above `ceiling`. Refused, for `field`, with those there are.
Result<Visibility> level_within(std::string_view field, std::string_view text, Visibility ceiling);

/// The number of `pos:N`; nothing where the text is not of that form.
std::optional<Position> position_in(std::string_view text);

/// Runs the body of a command, and ends with its output on its way: what cannot be written is a failure of the machine.
int run_command(Context& context, const std::function<Result<int>()>& body);

}  // namespace chancery::cli
