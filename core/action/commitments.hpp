#pragma once

#include "core/coding.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// What somebody undertook to do, and what became of it.
namespace chancery {

struct CommitmentMade {
  Slug commitment;
  Party by;
  std::optional<Party> to;
  std::string what;
  std::optional<std::string> conditional_on;
  std::optional<Date> due;
  bool operator==(const CommitmentMade&) const = default;

  static constexpr std::string_view type = "commitment.made";
  static constexpr std::uint16_t code = 20;
  static constexpr std::string_view description = "Somebody undertook to do something";
  static constexpr DefaultCoding coding{"AGREE", "", "03", 1, "4.5"};
  static constexpr auto fields() {
    return std::tuple{required("commitment", &CommitmentMade::commitment, "its name"),
                      required("by", &CommitmentMade::by, "who undertook it"),
                      optional("to", &CommitmentMade::to, "to whom"),
                      required("what", &CommitmentMade::what, "what is to be done"),
                      optional("conditional_on", &CommitmentMade::conditional_on, "on what condition"),
                      optional("due", &CommitmentMade::due, "EDTF: overdue after its end")};
  }
};

/// What the three ends of a commitment share.
struct CommitmentEnded {
  Slug commitment;
  bool operator==(const CommitmentEnded&) const = default;

  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{required("commitment", &CommitmentEnded::commitment, "its name")};
  }
};

struct CommitmentFulfilled : CommitmentEnded {
  static constexpr std::string_view type = "commitment.fulfilled";
  static constexpr std::uint16_t code = 21;
  static constexpr std::string_view description = "A commitment was kept";
};

struct CommitmentBroken : CommitmentEnded {
  static constexpr std::string_view type = "commitment.broken";
  static constexpr std::uint16_t code = 22;
  static constexpr std::string_view description = "A commitment was broken";
};

struct CommitmentWithdrawn : CommitmentEnded {
  static constexpr std::string_view type = "commitment.withdrawn";
  static constexpr std::uint16_t code = 23;
  static constexpr std::string_view description = "A commitment was taken back";
};

}  // namespace chancery
