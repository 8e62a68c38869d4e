#pragma once

#include <string>
#include <string_view>

#include "tools/server/exchange.hpp"

namespace chancery::server {

/// The form of the question that the request asks, filled as it was sent, `open` or to be opened; nothing where its path asks none.
std::string question_form(const Exchange& exchange, bool open);
/// What a form calls the parameter of that name.
std::string label_of(const Exchange& exchange, std::string_view name);
/// The parameters that were given, but for those that say where the reader stands: a line for paper, which has no form.
std::string asked_in_words(const Exchange& exchange);
/// What the rows, events or differences of the answer have in common, as text for its title: ": party state:BLR"; empty where that is nothing.
std::string filters_in_words(const Exchange& exchange);
/// A field for one parameter, with its label and a hint. Nothing for the level of one who has no choice.
std::string input(const Exchange& exchange, std::string_view name);
/// The zones that a field offers.
std::string zone_choices();

}  // namespace chancery::server
