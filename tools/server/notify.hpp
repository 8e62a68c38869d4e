#pragma once

#include <string_view>

namespace chancery::server {

/// Tells the service manager (sd_notify(3): `READY=1`, `STOPPING=1`, `WATCHDOG=1`) if one asked for it with $NOTIFY_SOCKET.
void notify_manager(std::string_view state);

}  // namespace chancery::server
