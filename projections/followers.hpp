#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/store.hpp"

/// The views as things that follow the log. All that a ledger's owner needs to know of how they are kept.
namespace chancery {

/// The name under which a view follows the log ("view/prisoners").
std::string follower_name(std::string_view view);

/// One follower for each view. They share what they work out of a commit, so that one thread must drive them all.
std::vector<std::unique_ptr<Follower>> view_followers();

}  // namespace chancery
