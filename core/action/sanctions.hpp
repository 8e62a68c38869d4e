#pragma once

#include "core/coding.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// Sanctions: imposed, amended, eased, lifted.
namespace chancery {

struct SanctionImposed {
  LongSlug measure;
  std::vector<Party> target;
  std::vector<std::string> restrictions;
  std::optional<std::string> programme, legal_basis;
  std::optional<Date> expires;
  bool operator==(const SanctionImposed&) const = default;

  static constexpr std::string_view type = "sanction.imposed";
  static constexpr std::uint16_t code = 40;
  static constexpr std::string_view description = "A measure came into force";
  static constexpr DefaultCoding coding{"SANCTION", "discontinue", "163", 4, "-8.0"};
  static constexpr auto fields() {
    return std::tuple{required("measure", &SanctionImposed::measure, "its name, such as usa/belavia"),
                      required("target", &SanctionImposed::target, "whom it is against"),
                      required("restrictions", &SanctionImposed::restrictions, "what it forbids"),
                      optional("programme", &SanctionImposed::programme, "the programme it belongs to"),
                      optional("legal_basis", &SanctionImposed::legal_basis, "the law or order"),
                      optional("expires", &SanctionImposed::expires, "EDTF: in force until its end")};
  }
};

struct SanctionAmended {
  LongSlug measure;
  std::vector<Party> target;
  std::vector<std::string> restrictions;
  std::optional<std::string> programme, legal_basis;
  std::optional<Date> expires;
  std::vector<std::string> revokes;
  std::optional<std::string> instrument;
  bool operator==(const SanctionAmended&) const = default;

  static constexpr std::string_view type = "sanction.amended";
  static constexpr std::uint16_t code = 41;
  static constexpr std::string_view description = "A measure was changed, or an easing of it withdrawn";
  static constexpr DefaultCoding coding{};
  static constexpr auto fields() {
    return std::tuple{
        required("measure", &SanctionAmended::measure, "its name"),
        optional("target", &SanctionAmended::target, "whom it is against"),
        optional("restrictions", &SanctionAmended::restrictions, "replaces what it forbids"),
        optional("programme", &SanctionAmended::programme, "the programme it belongs to"),
        optional("legal_basis", &SanctionAmended::legal_basis, "the law or order"),
        optional("expires", &SanctionAmended::expires, "EDTF: in force until its end"),
        optional("revokes", &SanctionAmended::revokes, "what an easing had lifted or permitted, withdrawn"),
        optional("instrument", &SanctionAmended::instrument, "with revokes: the licence that had given it")};
  }
};

struct SanctionEased {
  LongSlug measure;
  std::vector<std::string> lifts, permits;
  std::optional<std::string> instrument;
  std::optional<Date> until;
  std::vector<Party> target;
  bool operator==(const SanctionEased&) const = default;

  static constexpr std::string_view type = "sanction.eased";
  static constexpr std::uint16_t code = 42;
  static constexpr std::string_view description = "Part of a measure was lifted, or something permitted although restricted";
  static constexpr DefaultCoding coding{"RETREAT", "", "085", 2, "7.0"};
  static constexpr auto fields() {
    return std::tuple{required("measure", &SanctionEased::measure, "its name"),
                      optional("lifts", &SanctionEased::lifts, "restrictions that are in force no more"),
                      optional("permits", &SanctionEased::permits, "what is permitted although restricted"),
                      optional("instrument", &SanctionEased::instrument, "the licence or act that says so"),
                      optional("until", &SanctionEased::until, "EDTF: runs out after its end"),
                      optional("target", &SanctionEased::target, "whom the measure is against, if that is not known")};
  }
};

struct SanctionLifted {
  LongSlug measure;
  std::optional<std::string> instrument;
  bool operator==(const SanctionLifted&) const = default;

  static constexpr std::string_view type = "sanction.lifted";
  static constexpr std::uint16_t code = 43;
  static constexpr std::string_view description = "A measure ended";
  static constexpr DefaultCoding coding{"RETREAT", "", "085", 2, "7.0"};
  static constexpr auto fields() {
    return std::tuple{required("measure", &SanctionLifted::measure, "its name"),
                      optional("instrument", &SanctionLifted::instrument, "the act that says so")};
  }
};

}  // namespace chancery
