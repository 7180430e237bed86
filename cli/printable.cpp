#include "cli/printable.hpp"

#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
std::string printable_message(std::string_view message) {
  const std::string escaped = terminal_text(with_masked_urls(message), Profile::text);
  std::string result;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    result += escaped[i];
    if (escaped[i] == '\\' && i + 1 < escaped.size() && escaped[i + 1] == '\\') ++i;
  }
  return result;
}

std::string json_message(std::string_view message) {
  std::string literal;
  append_json_string(literal, with_masked_urls(message));
  return literal;
}

}  // namespace queuetrace
