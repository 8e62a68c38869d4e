#include "tools/server/tokens.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/digits.hpp"
#include "core/json/writer.hpp"
#include "tools/chancery/lines.hpp"
#include "tools/server/names.hpp"

namespace chancery::server {
namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::string_view token_prefix = "chancery_", hex_digits = "0123456789abcdef";
constexpr std::array<std::string_view, 4> role_names{"reader", "partner", "recorder", "admin"};

Failure cannot(const std::filesystem::path& path, int number) {
  return failure(ErrorKind::disk, path.string(), std::strerror(number), "a file for tokens that can be read and written");
}

std::string line_of(const Token& token) {
  std::string line;
  ObjectWriter object(line);
  for (const auto& [name, value] : {std::pair("name", std::string_view(token.name)), std::pair("role", role_name(token.role)),
                                    std::pair("sha256", std::string_view(token.sha256)), std::pair("created_at", std::string_view(token.created_at))}) {
    object.name(name);
    append_string(line, value);
  }
  object.close();
  return line + '\n';
}

/// What a line that is none has is not repeated: somebody may have written a token into it.
Result<Token> token_of(const std::string& line, std::size_t number, const std::filesystem::path& path) {
  const auto broken = [&] { return failure(ErrorKind::corrupt, path.string(), fmt::format("line {}, which is none", number), "lines that chancery token wrote"); };
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(line, error);
  if (error || !value.is_object()) return broken();
  const auto text = [&](std::string_view name) {
    const auto* found = value.as_object().if_contains(name);
    return found && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  const Result<Role> role = parse_role(text("role"));
  if (!role || text("name").empty() || text("sha256").size() != 64) return broken();
  return Token{text("name"), *role, text("sha256"), text("created_at")};
}

}  // namespace

std::string_view role_name(Role role) { return role_names[static_cast<std::size_t>(role)]; }

Result<Role> parse_role(std::string_view text) {
  for (std::size_t i = 0; i < role_names.size(); ++i) {
    if (role_names[i] == text) return static_cast<Role>(i);
  }
  return refused("--role", quoted(text), fmt::format("{}", fmt::join(role_names, ", ")));
}

Visibility level_of(Role role) {
  switch (role) {
    case Role::reader: return Visibility::public_;
    case Role::partner: return Visibility::partner;
    case Role::recorder:
    case Role::admin: return Visibility::restricted;
  }
  return Visibility::public_;
}

std::string fresh_token() {
  std::array<unsigned char, token_bytes> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw MachineFailure({ErrorKind::disk, "token", "no random numbers", "a machine that has some"});
  }
  std::array<unsigned char, 64> text;
  const int length = EVP_EncodeBlock(text.data(), random.data(), static_cast<int>(random.size()));
  std::string token(token_prefix);
  for (int i = 0; i < length; ++i) {
    const char c = static_cast<char>(text[static_cast<std::size_t>(i)]);
    if (c != '=') token += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return token;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw MachineFailure({ErrorKind::disk, "token", "no SHA-256", "OpenSSL with it"});
  }
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += hex_digits[byte >> 4U];
    hex += hex_digits[byte & 0xfU];
  }
  return hex;
}

Result<std::vector<Token>> Tokens::list() const {
  std::vector<Token> tokens;
  std::ifstream file(path_);
  if (!file) return errno == ENOENT ? Result<std::vector<Token>>(tokens) : Result<std::vector<Token>>(cannot(path_, errno));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    Result<Token> token = token_of(line, number, path_);
    if (!token) return Failure(token.error());
    tokens.push_back(std::move(*token));
  }
  if (file.bad()) return cannot(path_, EIO);
  return tokens;
}

/// One at a time; readers see the file as it was before or as it is after.
Result<void> Tokens::change(const std::function<Result<void>(std::vector<Token>&)>& edit) const {
  const cli::File lock(::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.open() || ::flock(lock.get(), LOCK_EX) != 0) return cannot(path_, errno);
  Result<std::vector<Token>> tokens = list();
  if (!tokens) return Failure(tokens.error());
  if (auto edited = edit(*tokens); !edited) return edited;
  const std::filesystem::path fresh = path_.string() + ".new";
  ::unlink(fresh.c_str());
  const cli::File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.open()) return cannot(fresh, errno);
  std::string all;
  for (const Token& token : *tokens) all += line_of(token);
  if (::write(file.get(), all.data(), all.size()) != static_cast<ssize_t>(all.size()) || ::fsync(file.get()) != 0 ||
      ::rename(fresh.c_str(), path_.c_str()) != 0 || ::fsync(lock.get()) != 0) {
    return cannot(fresh, errno);
  }
  return {};
}

Result<void> Tokens::add(Token token) const {
  if (!good_token_name(token.name)) return refused("NAME", quoted(token.name), std::string(good_token_names));
  return change([&](std::vector<Token>& tokens) -> Result<void> {
    for (const Token& other : tokens) {
      if (other.name == token.name) return failure(ErrorKind::conflict, "NAME", quoted(token.name) + ", which has a token already", "another name, or that token revoked");
    }
    tokens.push_back(std::move(token));
    return {};
  });
}

Result<void> Tokens::revoke(const std::string& name) const {
  return change([&](std::vector<Token>& tokens) -> Result<void> {
    if (std::erase_if(tokens, [&](const Token& token) { return token.name == name; }) == 0) {
      return failure(ErrorKind::not_found, "NAME", quoted(name) + ", which has no token", "a name that chancery token list shows");
    }
    return {};
  });
}

Result<void> TokenCheck::reload() {
  struct stat status {};
  const bool there = ::stat(path_.c_str(), &status) == 0;
  const std::pair<std::int64_t, std::uint64_t> now =
      there ? std::pair(status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, static_cast<std::uint64_t>(status.st_ino))
            : std::pair<std::int64_t, std::uint64_t>(0, 0);
  if (now == seen_) return {};
  const Result<std::vector<Token>> tokens = tokens_.list();
  if (!tokens) return Failure(tokens.error());
  by_hash_.clear();
  for (const Token& token : *tokens) by_hash_[token.sha256] = token;
  seen_ = now;
  return {};
}

Result<std::optional<Token>> TokenCheck::find(std::string_view token) {
  const std::string hash = sha256_hex(token);
  const std::lock_guard lock(mutex_);
  if (auto reloaded = reload(); !reloaded) return Failure(reloaded.error());
  const auto found = by_hash_.find(hash);
  return found == by_hash_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace chancery::server
