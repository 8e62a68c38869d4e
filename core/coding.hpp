#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/fields.hpp"
#include "core/names.hpp"

namespace chancery {

/// A decimal number as it was written ("1.0", "-0.3", "7e0").
struct Decimal {
  std::string text;
  bool operator==(const Decimal&) const = default;
};

/// Ten times `decimal`, rounded to an integer, half away from zero, worked out on its digits and not on a binary fraction.
/// Saturates at the range of int64.
std::int64_t tenths(const Decimal& decimal);

/// How political science codes an action: PLOVER type and mode, CAMEO code, quad class, Goldstein scale.
struct Coding {
  std::optional<std::string> plover, mode;
  std::vector<std::string> context;
  std::optional<std::string> cameo;
  std::optional<std::uint64_t> quad;
  std::optional<Decimal> goldstein;
  std::optional<std::string> codebook;
  bool operator==(const Coding&) const = default;

  static constexpr auto fields() {
    return std::tuple{
        optional("plover", &Coding::plover, "PLOVER event type, such as CONSULT or RETREAT"),
        optional("mode", &Coding::mode, "PLOVER mode, such as visit or release"),
        optional("context", &Coding::context, "PLOVER contexts, such as diplomatic or economic"),
        optional("cameo", &Coding::cameo, "CAMEO code as text: leading zeros count"),
        optional("quad", &Coding::quad,
                 "quad class: 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict"),
        optional("goldstein", &Coding::goldstein, "Goldstein scale, -10 to 10, kept as written"),
        optional("codebook", &Coding::codebook, "which codebook and version the codes are from"),
    };
  }
};

/// The coding that a type of action has unless an event gives its own; every part may be empty.
struct DefaultCoding {
  std::string_view plover, mode, cameo;
  int quad = 0;  ///< 1 to 4; 0: the type has no default coding
  std::string_view goldstein;
};

}  // namespace chancery
