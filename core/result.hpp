#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace chancery {

/// What can be expected to go wrong. Programmer errors are asserts instead.
enum class ErrorKind : std::uint8_t {
  refused,       ///< bad input: the field, what was found and what is allowed are named
  conflict,      ///< an expectation of the caller does not hold: the actual revision or position is named
  not_found,     ///< what was asked for is not in the ledger
  in_use,        ///< another process owns the ledger: its pid and command are named
  newer_format,  ///< the ledger was written by a later version
  corrupt,       ///< stored bytes are not what was written, or some are missing
  disk,          ///< the machine failed; the outcome of a write is unknown until the ledger is reopened
};

/// One failure, fit to be shown to a person as it is.
struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::refused;
  std::string field;    ///< dotted path of the field ("data.count"), or what the error is about ("ledger")
  std::string found;    ///< what was there
  std::string allowed;  ///< what would have been right

  /// "FIELD: found ...; allowed: ...", one line; control characters and line ends of `found` are escaped.
  std::string message() const;
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

/// Thrown where the machine fails (disk, corrupt) deep inside a read that has no sensible answer to give; public functions catch it
/// and return its error. Never thrown for bad input.
struct MachineFailure : std::exception {
  explicit MachineFailure(Error error_in) : error(std::move(error_in)), text(error.message()) {}
  const char* what() const noexcept override { return text.c_str(); }
  Error error;
  std::string text;
};

/// The value, or its error thrown as a MachineFailure: for reads that can only fail when the machine does.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw MachineFailure(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Runs `body`, which returns a Result; a MachineFailure thrown inside becomes its error.
template <class Body>
auto guarded(Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const MachineFailure& broken) {
    return tl::unexpected<Error>(broken.error);
  }
}

/// Bad input.
Failure refused(std::string field, std::string found, std::string allowed);
/// Any other failure. `found` tells what happened, `allowed` what can be done about it.
Failure failure(ErrorKind kind, std::string field, std::string found, std::string allowed);
/// `text` in double quotes, shortened to about 80 bytes at a character's border, for the `found` of an error.
std::string quoted(std::string_view text);
/// The same; these two keep argument-dependent look-up from choosing std::quoted for a std::string.
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }

}  // namespace chancery
