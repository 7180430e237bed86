// Our own messages, made safe for the channel they are printed on.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// For a terminal: as terminal_text(), but backslashes stay, because data inside our messages is escaped already. URLs
/// are masked, whatever put a password into the message.
std::string printable_message(std::string_view message);

/// A JSON string literal of the message, URLs masked.
std::string json_message(std::string_view message);

}  // namespace queuetrace
