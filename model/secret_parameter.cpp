#include "model/secret_parameter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// Whole names, and what other names hold or end in (`sentinel_password`, `oauth_client_secret`, `_key`).
constexpr std::array<std::string_view, 7> secret_names{"pwd", "pass", "auth", "key", "hexkey", "textkey", "apikey"};
constexpr std::array<std::string_view, 5> secret_words{"password", "passwd", "passphrase", "secret", "token"};
constexpr std::string_view secret_ending = "_key";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-' || c == '%';
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool is_secret_parameter(std::string_view name) {
  const std::string plain = lower_case(percent_decoded(name));
  return std::find(secret_names.begin(), secret_names.end(), plain) != secret_names.end() ||
         plain.ends_with(secret_ending) ||
         std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

std::string with_hidden_parameters(std::string_view text) {
  constexpr std::string_view stars = "***", blanks = " \t\r\n", encoded = "%3D";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_encoded = equal_ignoring_case(text.substr(at, encoded.size()), encoded);
    if (text[at] != '=' && !is_encoded) continue;
    std::size_t end = at;
    while (end > 0 && blanks.find(text[end - 1]) != std::string_view::npos) --end;
    std::size_t begin = end;
    while (begin > 0 && is_name_character(text[begin - 1])) --begin;
    if (!is_secret_parameter(text.substr(begin, end - begin))) continue;
    std::size_t value = at + (is_encoded ? encoded.size() : 1);
    while (value < text.size() && blanks.find(text[value]) != std::string_view::npos) ++value;
    if (value == text.size() || text.substr(value).starts_with(stars)) continue;
    return std::string(text.substr(0, value)) + std::string(stars);
  }
  return std::string(text);
}

}  // namespace queuetrace
