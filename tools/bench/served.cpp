#include "tools/bench/served.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>

#include "tools/bench/workload.hpp"

namespace chancery::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t posters = 8, read_bytes = 1 << 16;
constexpr std::chrono::nanoseconds patience = std::chrono::seconds(10);
constexpr const char* own_program = "/proc/self/exe";

[[noreturn]] void fail(const std::string& found) {
  throw MachineFailure({ErrorKind::disk, "chancery serve", found, "a server that answers"});
}

double micros_since(Clock::time_point begin) { return std::chrono::duration<double, std::micro>(Clock::now() - begin).count(); }

/// Starts this program with what `words` say; its stdout comes through the pipe.
std::pair<pid_t, cli::File> start(const std::vector<std::string>& words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(std::strerror(errno));
  cli::File output(ends[0]), input(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
  std::vector<char*> arguments{const_cast<char*>("chancery")};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, own_program, &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(std::strerror(error));
  return {process, std::move(output)};
}

std::string line_of(const cli::File& file) {
  std::string line;
  for (char c = 0; ::read(file.get(), &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

/// Runs this program to its end, and gives the first line it prints.
std::string run(const std::vector<std::string>& words) {
  const auto [process, output] = start(words);
  std::string line = line_of(output);
  int status = 0;
  if (::waitpid(process, &status, 0) != process || status != 0) fail(fmt::format("{} that ended with status {}", words.back(), status));
  return line;
}

void send_all(const cli::File& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Appends what there is to `text`; waits for it unless told not to.
void receive(const cli::File& connection, std::string& text, int flags = 0) {
  const std::size_t before = text.size();
  text.resize(before + read_bytes);
  ssize_t got = 0;
  do got = ::recv(connection.get(), text.data() + before, read_bytes, flags);
  while (got < 0 && errno == EINTR);
  text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got == 0 || (got < 0 && errno != EAGAIN)) fail("a connection that ended");
}

/// Takes one whole answer from the front of `text`; false: it is not all there.
bool take_answer(std::string& text) {
  constexpr std::string_view length_name = "Content-Length: ";
  const std::size_t end = text.find("\r\n\r\n"), length_at = text.find(length_name);
  if (end == std::string::npos) return false;
  if (!text.starts_with("HTTP/1.1 201") || length_at > end) fail(text.substr(0, text.find('\r')));
  std::size_t length = 0;
  std::from_chars(text.data() + length_at + length_name.size(), text.data() + end, length);
  if (text.size() < end + 4 + length) return false;
  text.erase(0, end + 4 + length);
  return true;
}

/// The events that were sent, and when they were due; and those that a feed has brought.
struct Deliveries {
  std::uint64_t first = 0;
  std::vector<Clock::time_point> due;
  std::vector<double> micros;

  /// Takes whole messages from the front of `text`.
  void take(std::string& text) {
    constexpr std::string_view id_before = "\"id\":\"bench/";
    std::size_t done = 0;
    for (std::size_t end = 0; (end = text.find("\n\n", done)) != std::string::npos; done = end + 2) {
      const std::size_t at = text.find(id_before, done);
      std::uint64_t number = 0;
      if (at > end) continue;
      std::from_chars(text.data() + at + id_before.size(), text.data() + end, number);
      micros.push_back(micros_since(due.at(number - first)));
    }
    text.erase(0, done);
  }
};

/// A connection that takes one event at a time.
struct Poster {
  cli::File connection;
  std::string answer;
  bool free = true;
};

/// Waits until somebody says something, and takes what posters are answered. True: the feed has something.
bool wait_for_any(const cli::File& feed, std::vector<Poster>& all, std::chrono::nanoseconds longest) {
  std::vector<pollfd> watched{{feed.get(), POLLIN, 0}};
  for (const Poster& poster : all) watched.push_back({poster.connection.get(), POLLIN, 0});
  const auto wait = std::max(longest, std::chrono::nanoseconds(0)).count();
  const timespec limit{wait / 1'000'000'000, wait % 1'000'000'000};
  if (::ppoll(watched.data(), watched.size(), &limit, nullptr) < 0) fail(std::strerror(errno));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (watched[i + 1].revents == 0) continue;
    receive(all[i].connection, all[i].answer, MSG_DONTWAIT);
    all[i].free = take_answer(all[i].answer);
  }
  return watched[0].revents != 0;
}

}  // namespace

Served::Served(const std::filesystem::path& ledger) {
  run({"--ledger", ledger.string(), "init"});
  token_ = run({"--ledger", ledger.string(), "token", "add", "bench", "--role", "admin"});
  std::tie(server_.id, output_) = start({"--ledger", ledger.string(), "serve", "--listen", "127.0.0.1:0", "--access-log", "no"});
  const std::string line = line_of(output_);
  const std::size_t colon = line.rfind(':');
  if (colon == std::string::npos) fail(line);
  std::from_chars(line.data() + colon + 1, line.data() + line.size(), port_);
}

Served::Process::~Process() {
  if (id < 0) return;
  ::kill(id, SIGTERM);
  ::waitpid(id, nullptr, 0);
}

cli::File Served::connect() const {
  cli::File connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(std::strerror(errno));
  return connection;
}

std::string Served::post(std::uint64_t number) const {
  const std::string event = event_line(number);
  return fmt::format("POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                     token_, event.size(), event);
}

std::vector<double> Served::append_one_by_one(std::size_t events) {
  const cli::File connection = connect();
  std::vector<double> micros;
  std::string text;
  while (micros.size() < events) {
    const std::string request = post(posted_++);
    const auto begin = Clock::now();
    send_all(connection, request);
    do receive(connection, text);
    while (!take_answer(text));
    micros.push_back(micros_since(begin));
  }
  return micros;
}

std::vector<double> Served::deliver(std::size_t events, std::size_t per_second, bool polls) {
  const cli::File feed = connect();
  std::string told;
  send_all(feed, fmt::format("GET /v1/feed HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n", token_));
  do receive(feed, told);
  while (told.find("\r\n\r\n") == std::string::npos);
  std::vector<Poster> all;
  for (std::size_t i = 0; i < posters; ++i) all.push_back({connect(), "", true});
  // Events are sent when they are due: the system may let a timer be 50 microseconds late, which would count as the server's.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  Deliveries deliveries{posted_, {}, {}};
  const auto begin = Clock::now();
  auto heard = begin;
  const std::chrono::nanoseconds interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / static_cast<std::int64_t>(per_second);
  while (deliveries.micros.size() < events) {
    const auto free = std::find_if(all.begin(), all.end(), [](const Poster& poster) { return poster.free; });
    const bool more = deliveries.due.size() < events && free != all.end();
    const auto due = begin + interval * static_cast<std::int64_t>(deliveries.due.size());
    if (more && Clock::now() >= due) {
      const std::string request = post(posted_++);
      deliveries.due.push_back(due);
      send_all(free->connection, request);
      free->free = false;
      continue;
    }
    if (Clock::now() - heard > patience) fail("nothing of what was sent");
    const auto longest = more ? std::chrono::nanoseconds(due - Clock::now()) : patience;
    if (wait_for_any(feed, all, polls ? std::chrono::nanoseconds(0) : longest)) {
      heard = Clock::now();
      receive(feed, told, MSG_DONTWAIT);
      deliveries.take(told);
    }
  }
  return deliveries.micros;
}

}  // namespace chancery::bench
