#pragma once

#include "core/coding.hpp"
#include "core/fields.hpp"
#include "core/names.hpp"

/// Letters, calls, meetings, statements, appeals, negotiations and agreements.
namespace chancery {

enum class Medium : std::uint8_t { letter, note, email, message };
template <>
struct Words<Medium> {
  static constexpr std::array<std::string_view, 4> list{"letter", "note", "email", "message"};
};

enum class Stance : std::uint8_t { praises, criticises, neutral };
template <>
struct Words<Stance> {
  static constexpr std::array<std::string_view, 3> list{"praises", "criticises", "neutral"};
};

/// One thing that is asked for.
struct Ask {
  std::string what;
  std::optional<PartyOrText> about;
  bool operator==(const Ask&) const = default;
  static constexpr auto fields() {
    return std::tuple{required("what", &Ask::what, "what is asked for"),
                      optional("about", &Ask::about, "whom or what it concerns: a party or text")};
  }
};

struct LetterSent {
  Party from, to;
  std::optional<Medium> medium;
  std::vector<Ask> asks;
  std::optional<Party> carried_by;
  bool operator==(const LetterSent&) const = default;

  static constexpr std::string_view type = "letter.sent";
  static constexpr std::uint16_t code = 1;
  static constexpr std::string_view description = "A letter, note, e-mail or message was sent";
  static constexpr DefaultCoding coding{"CONSULT", "", "01", 1, "1.0"};
  static constexpr auto fields() {
    return std::tuple{required("from", &LetterSent::from, "who wrote it"),
                      required("to", &LetterSent::to, "whom it is addressed to"),
                      optional("medium", &LetterSent::medium, "how it was sent"),
                      optional("asks", &LetterSent::asks, "what it asks for"),
                      optional("carried_by", &LetterSent::carried_by, "who carried it")};
  }
};

struct LetterDelivered {
  Id letter;
  std::optional<Party> by;
  bool operator==(const LetterDelivered&) const = default;

  static constexpr std::string_view type = "letter.delivered";
  static constexpr std::uint16_t code = 2;
  static constexpr std::string_view description = "A letter reached the one it is addressed to";
  static constexpr DefaultCoding coding{"CONSULT", "", "01", 1, "1.0"};
  static constexpr auto fields() {
    return std::tuple{required("letter", &LetterDelivered::letter, "id of the letter.sent"),
                      optional("by", &LetterDelivered::by, "who handed it over")};
  }
};

struct LetterAnswered {
  Id letter;
  std::optional<Id> with;
  bool operator==(const LetterAnswered&) const = default;

  static constexpr std::string_view type = "letter.answered";
  static constexpr std::uint16_t code = 3;
  static constexpr std::string_view description = "A letter was answered";
  static constexpr DefaultCoding coding{"CONSULT", "", "01", 1, "1.0"};
  static constexpr auto fields() {
    return std::tuple{required("letter", &LetterAnswered::letter, "id of the letter.sent"),
                      optional("with", &LetterAnswered::with, "id of the event that is the answer")};
  }
};

struct CallHeld {
  std::vector<Party> participants;
  std::vector<std::string> topics;
  bool operator==(const CallHeld&) const = default;

  static constexpr std::string_view type = "call.held";
  static constexpr std::uint16_t code = 4;
  static constexpr std::string_view description = "A telephone or video call took place";
  static constexpr DefaultCoding coding{"CONSULT", "phone", "041", 1, "1.0"};
  static constexpr auto fields() {
    return std::tuple{required("participants", &CallHeld::participants, "who took part"),
                      optional("topics", &CallHeld::topics, "what was talked about")};
  }
};

struct MeetingHeld {
  std::vector<Party> participants;
  std::optional<Slug> city;
  std::vector<std::string> topics;
  bool operator==(const MeetingHeld&) const = default;

  static constexpr std::string_view type = "meeting.held";
  static constexpr std::uint16_t code = 5;
  static constexpr std::string_view description = "People met";
  static constexpr DefaultCoding coding{"CONSULT", "visit", "04", 1, "2.5"};
  static constexpr auto fields() {
    return std::tuple{required("participants", &MeetingHeld::participants, "who took part"),
                      optional("city", &MeetingHeld::city, "where"),
                      optional("topics", &MeetingHeld::topics, "what was talked about")};
  }
};

struct StatementMade {
  Party speaker;
  std::optional<Stance> stance;
  std::vector<PartyOrText> about;
  std::optional<std::string> quote;
  bool operator==(const StatementMade&) const = default;

  static constexpr std::string_view type = "statement.made";
  static constexpr std::uint16_t code = 6;
  static constexpr std::string_view description = "Somebody said something in public";
  static constexpr DefaultCoding coding{"", "", "01", 1, "0.0"};
  static constexpr auto fields() {
    return std::tuple{required("speaker", &StatementMade::speaker, "who said it"),
                      optional("stance", &StatementMade::stance, "towards those it is about"),
                      optional("about", &StatementMade::about, "whom or what it is about: parties or text"),
                      optional("quote", &StatementMade::quote, "the words themselves")};
  }
};

struct AppealMade {
  std::vector<Ask> asks;
  bool operator==(const AppealMade&) const = default;

  static constexpr std::string_view type = "appeal.made";
  static constexpr std::uint16_t code = 7;
  static constexpr std::string_view description = "Somebody appealed for something";
  static constexpr DefaultCoding coding{"REQUEST", "", "0253", 3, "-0.3"};
  static constexpr auto fields() { return std::tuple{required("asks", &AppealMade::asks, "what is asked for")}; }
};

struct NegotiationOpened {
  std::vector<std::string> topics;
  std::vector<Party> parties;
  bool operator==(const NegotiationOpened&) const = default;

  static constexpr std::string_view type = "negotiation.opened";
  static constexpr std::uint16_t code = 8;
  static constexpr std::string_view description = "Negotiations began";
  static constexpr DefaultCoding coding{"CONSULT", "", "046", 1, "7.0"};
  static constexpr auto fields() {
    return std::tuple{required("topics", &NegotiationOpened::topics, "what is negotiated"),
                      optional("parties", &NegotiationOpened::parties, "who negotiates")};
  }
};

struct AgreementReached {
  std::string title;
  std::vector<Party> parties;
  std::vector<std::string> terms;
  bool operator==(const AgreementReached&) const = default;

  static constexpr std::string_view type = "agreement.reached";
  static constexpr std::uint16_t code = 9;
  static constexpr std::string_view description = "An agreement was reached";
  static constexpr DefaultCoding coding{"SUPPORT", "", "057", 1, "8.0"};
  static constexpr auto fields() {
    return std::tuple{required("title", &AgreementReached::title, "what it is called"),
                      optional("parties", &AgreementReached::parties, "who agreed"),
                      optional("terms", &AgreementReached::terms, "what was agreed")};
  }
};

}  // namespace chancery
