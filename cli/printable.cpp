#include "cli/printable.hpp"

#include "formatters/escape.hpp"
#include "formatters/json_text.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

/// Masks every word that holds `://`, between blanks and quotes.
std::string with_masked_urls(std::string_view message) {
  static constexpr std::string_view borders = " '\"()<>\t\n";
  std::string result;
  std::size_t begin = 0;
  while (begin < message.size()) {
    const std::size_t end = std::min(message.find_first_of(borders, begin), message.size());
    const std::string_view word = message.substr(begin, end - begin);
    if (word.find("://") != std::string_view::npos)
      result += masked_url(word);
    else
      result += word;
    if (end < message.size()) result += message[end];
    begin = end + 1;
  }
  return result;
}

}  // namespace

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
