#include "formatters/secret_patterns.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace queuetrace {
namespace {

constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_base64url(char c) { return is_word(c) || c == '-' || c == '_'; }
constexpr bool is_token68(char c) {
  return is_base64url(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}
constexpr bool is_upper_or_digit(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word_or_bar(char c) { return is_word(c) || c == '_'; }

/// The part of a text that a secret takes; empty when `begin` equals `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

template <class Accept>
std::size_t run(std::string_view text, std::size_t from, Accept accept) {
  while (from < text.size() && accept(text[from])) ++from;
  return from;
}

/// Tokens known by their first characters; at least `least` characters of the kind follow them.
struct Prefix {
  std::string_view text;
  std::size_t least;
  bool (*accept)(char);
  std::size_t most = std::string_view::npos;
};
constexpr std::array prefixes{Prefix{"AKIA", 16, is_upper_or_digit, 16},
                              Prefix{"ASIA", 16, is_upper_or_digit, 16},
                              Prefix{"AIza", 35, is_base64url, 35},
                              Prefix{"ghp_", 36, is_word},
                              Prefix{"gho_", 36, is_word},
                              Prefix{"ghu_", 36, is_word},
                              Prefix{"ghs_", 36, is_word},
                              Prefix{"ghr_", 36, is_word},
                              Prefix{"github_pat_", 1, is_word_or_bar},
                              Prefix{"xoxa-", 1, is_base64url},
                              Prefix{"xoxb-", 1, is_base64url},
                              Prefix{"xoxp-", 1, is_base64url},
                              Prefix{"xoxr-", 1, is_base64url},
                              Prefix{"xoxs-", 1, is_base64url},
                              Prefix{"sk_live_", 1, is_word},
                              Prefix{"rk_live_", 1, is_word}};

Span prefixed_token(std::string_view text, std::size_t at) {
  if (at > 0 && is_word(text[at - 1])) return {};
  const std::string_view rest = text.substr(at);
  for (const Prefix& prefix : prefixes) {
    if (!rest.starts_with(prefix.text)) continue;
    const std::size_t start = at + prefix.text.size();
    const std::size_t end =
        run(text.substr(0, prefix.most < text.size() ? start + prefix.most : text.size()), start, prefix.accept);
    return end - start < prefix.least ? Span{} : Span{at, end};
  }
  return {};
}

/// `tried_to`: end of a run of token characters that was found to begin no token, so that no run is read twice.
Span web_token(std::string_view text, std::size_t at, std::size_t& tried_to) {
  if (at < tried_to) return {};
  if (!text.substr(at).starts_with("eyJ")) return {};
  std::size_t end = run(text, at, is_base64url);
  tried_to = end;
  for (int part = 0; part < 2; ++part) {
    if (end >= text.size() || text[end] != '.') return {};
    const std::size_t start = end + 1;
    end = run(text, start, is_base64url);
    if (end == start) return {};
  }
  return {at, end};
}

Span private_key(std::string_view text, std::size_t at) {
  constexpr std::string_view begin = "-----BEGIN ", end = "-----END ";
  if (!text.substr(at).starts_with(begin)) return {};
  const std::size_t label = at + begin.size();
  const std::size_t dashes = text.find("-----", label);
  const std::string_view name = text.substr(label, dashes == std::string_view::npos ? dashes : dashes - label);
  if (name.size() > 64 || name.find("PRIVATE KEY") == std::string_view::npos) return {};
  const std::size_t tail = text.find(end, label);
  if (tail == std::string_view::npos) return {at, text.size()};
  const std::size_t last = text.find("-----", tail + end.size());
  return {at, last == std::string_view::npos ? text.size() : last + 5};
}

/// The token after `Bearer ` or `Basic `. In other spellings than `Bearer`, plain lower-case words after it are prose
/// (`basic settings`).
Span authorization(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 2> schemes{"bearer ", "basic "};
  if (at > 0 && is_word(text[at - 1])) return {};
  for (const std::string_view scheme : schemes) {
    const std::string_view found = text.substr(at, scheme.size());
    if (!std::equal(found.begin(), found.end(), scheme.begin(), scheme.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; }))
      continue;
    const std::size_t start = run(text, at + scheme.size(), [](char c) { return c == ' '; });
    const std::size_t end = run(text, start, is_token68);
    const std::string_view token = text.substr(start, end - start);
    const bool prose =
        std::all_of(token.begin(), token.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '.'; });
    if (token.empty() || (prose && found != "Bearer ")) return {};
    return {start, end};
  }
  return {};
}

/// The password of `://user:password@`.
Span url_password(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("://")) return {};
  const std::size_t start = at + 3;
  const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'<>", start), text.size());
  const std::string_view authority = text.substr(start, end - start);
  const std::size_t sign = authority.rfind('@');
  const std::size_t colon = authority.find(':');
  if (sign == std::string_view::npos || colon == std::string_view::npos || colon + 1 >= sign) return {};
  return {start + colon + 1, start + sign};
}

Span secret_at(std::string_view text, std::size_t at, std::size_t& tried_to) {
  switch (text[at]) {
    case 'e': return web_token(text, at, tried_to);
    case '-': return private_key(text, at);
    case ':': return url_password(text, at);
    case 'B':
    case 'b': return authorization(text, at);
    case 'A':
    case 'g':
    case 'x':
    case 's':
    case 'r': return prefixed_token(text, at);
    default: return {};
  }
}

/// Which characters begin a pattern, and the character that must follow (both letter cases for `B`), so that ordinary
/// text is passed over quickly.
constexpr auto second_characters = [] {
  std::array<std::array<char, 4>, 256> table{};
  table['e'] = {'y'};
  table['-'] = {'-'};
  table[':'] = {'/'};
  table['B'] = table['b'] = {'e', 'a', 'E', 'A'};
  table['A'] = {'K', 'S', 'I'};
  table['g'] = {'h', 'i'};
  table['x'] = {'o'};
  table['s'] = table['r'] = {'k'};
  return table;
}();

}  // namespace

std::uint64_t hide_secret_patterns(std::string_view text, std::string& out) {
  std::uint64_t count = 0;
  std::size_t copied = 0;
  std::size_t tried_to = 0;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const std::array<char, 4>& seconds = second_characters[static_cast<unsigned char>(text[at])];
    if (seconds[0] == 0) continue;
    const char next = text[at + 1];
    if (next == 0 || std::find(seconds.begin(), seconds.end(), next) == seconds.end()) continue;
    const Span secret = secret_at(text, at, tried_to);
    if (secret.begin == secret.end) continue;
    ++count;
    out += text.substr(copied, secret.begin - copied);
    out += "***";
    copied = secret.end;
    at = secret.end - 1;
  }
  if (count > 0) out += text.substr(copied);
  return count;
}

}  // namespace queuetrace
