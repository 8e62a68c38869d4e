#pragma once

#include <string_view>

/// What a stranger can send, given to what reads it. Each returns, whatever it is given; what must hold of the outcome is asserted.
namespace chancery::fuzz {

void target(std::string_view bytes);  ///< of a request: path and query
void accept(std::string_view bytes);  ///< a header of media types
void body(std::string_view bytes);    ///< events of a POST; the first byte chooses how they are written
void condition(std::string_view bytes);  ///< the headers Expected-Revision and Condition, with a line end between

}  // namespace chancery::fuzz
