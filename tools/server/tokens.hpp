#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/result.hpp"

/// Who may do what: bearer tokens (RFC 6750), of which a file in the ledger's folder keeps names, roles and SHA-256 hashes, never
/// the tokens themselves. A token is 256 random bits, so its hash needs no salt.
namespace chancery::server {

enum class Role : std::uint8_t {
  reader,    ///< reads what is public
  partner,   ///< reads what partners may see
  recorder,  ///< reads all and records: whether an id or a stream is taken could not be hidden from it
  admin,     ///< also sees and changes how the server works
};
std::string_view role_name(Role role);
Result<Role> parse_role(std::string_view text);
Visibility level_of(Role role);

struct Token {
  std::string name;
  Role role = Role::reader;
  std::string sha256;      ///< hex
  std::string created_at;  ///< RFC 3339
};

/// A fresh token: `chancery_` and 43 characters.
std::string fresh_token();
std::string sha256_hex(std::string_view text);

/// The tokens of a ledger. Any thread.
class Tokens {
 public:
  explicit Tokens(const std::filesystem::path& ledger) : path_(ledger / "tokens") {}

  /// Fails with: corrupt, disk.
  Result<std::vector<Token>> list() const;
  /// Fails with: conflict (the name is taken), refused (the name), disk.
  Result<void> add(Token token) const;
  /// Fails with: not_found, disk.
  Result<void> revoke(const std::string& name) const;

 private:
  Result<void> change(const std::function<Result<void>(std::vector<Token>&)>& edit) const;

  std::filesystem::path path_;
};

/// The same for a server: looks the file up again when it has changed.
class TokenCheck {
 public:
  explicit TokenCheck(const std::filesystem::path& ledger) : path_(ledger / "tokens"), tokens_(ledger) {}
  /// Whose token it is. Fails with: corrupt, disk.
  Result<std::optional<Token>> find(std::string_view token);

 private:
  Result<void> reload();

  const std::filesystem::path path_;
  const Tokens tokens_;
  std::mutex mutex_;
  std::map<std::string, Token, std::less<>> by_hash_;
  std::pair<std::int64_t, std::uint64_t> seen_{-1, 0};  // when the file was written, and its inode
};

}  // namespace chancery::server
