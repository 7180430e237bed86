#include "formatters/assigned_secrets.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "formatters/redaction.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// Names are read so far back: no secret word is longer.
constexpr std::size_t longest_name = 96;

constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_small(c) || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }
constexpr bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
constexpr bool ends_phrase(char c) { return c == ',' || c == ';' || c == '&'; }

template <class Accept>
std::size_t behind(std::string_view text, std::size_t at, Accept accept) {
  while (at < text.size() && accept(text[at])) ++at;
  return at;
}

/// Names of connection strings and of signed addresses, which as members of a document may mean anything.
bool is_assigned_only(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"pass", "pw", "sig", "psk", "userpass", "sharedsecret"};
  return std::ranges::find(names, lower_case(name)) != names.end();
}

/// Names behind which even a plain word is a secret.
bool is_strong(const std::string& name) {
  constexpr std::array<std::string_view, 6> words{"passw", "passphrase", "pwd", "secret", "apikey", "api_key"};
  return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

/// The name that ends in front of `end`, which may have a quote (escaped or not) and blanks behind it.
std::string_view name_before(std::string_view text, std::size_t end, bool& spaced) {
  spaced = false;
  while (end > 0 && is_blank(text[end - 1])) {
    --end;
    spaced = true;
  }
  if (end > 0 && is_quote(text[end - 1])) {
    --end;
    if (end > 0 && text[end - 1] == '\\') --end;
  }
  std::size_t begin = end;
  while (begin > 0 && is_name(text[begin - 1]) && end - begin < longest_name) --begin;
  std::string_view name = text.substr(begin, end - begin);
  // `unexpected token: x` is what parsers say.
  const std::string before = lower_case(text.substr(begin < 11 ? 0 : begin - 11, std::min<std::size_t>(begin, 11)));
  if (before.ends_with("unexpected ") && lower_case(name) == "token") return {};
  return name;
}

/// Behind the quote that closes what begins behind an opening one; the end where it breaks off. `escaped`: the quotes
/// have backslashes in front, as in JSON inside JSON.
std::size_t closing_quote(std::string_view text, std::size_t at, char quote, bool escaped) {
  for (; at < text.size(); ++at) {
    if (text[at] == quote) return at;
    if (text[at] != '\\') continue;
    if (escaped && at + 1 < text.size() && text[at + 1] == quote) return at;
    ++at;
  }
  return text.size();
}

/// Behind the bracket that closes the one at `at`; the end where none does.
std::size_t behind_brackets(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '{' || text[at] == '[') ++depth;
    if ((text[at] == '}' || text[at] == ']') && --depth == 0) return at + 1;
  }
  return at;
}

/// Where a value without quotes ends: at a blank, a quote, a bracket, or a separator that another assignment or a blank
/// follows. A full stop and the like at its end belong to the sentence.
std::size_t end_of_word(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  for (; end < text.size() && !is_space(text[end]) && !is_quote(text[end]) && text[end] != '<' && text[end] != '>';
       ++end) {
    if (!ends_phrase(text[end])) continue;
    const std::size_t next = behind(text, end + 1, is_name);
    if (end + 1 == text.size() || is_space(text[end + 1]) || is_quote(text[end + 1]) ||
        (next > end + 1 && next < text.size() && (text[next] == '=' || text[next] == ':')) ||
        (next == end + 1 && is_letter(text[end + 1])))
      break;
  }
  while (end > begin && std::string_view(".,:;!?)]}\\").find(text[end - 1]) != std::string_view::npos) --end;
  return end;
}

bool is_nothing(std::string_view value) {
  constexpr std::array<std::string_view, 8> words{"null", "none", "nil", "undefined", "true", "false", "***", "empty"};
  return value.empty() || std::ranges::find(words, lower_case(value)) != words.end();
}

/// Words of a sentence: small letters that blanks and further words follow.
bool is_prose(std::string_view text, TextPart value, bool strong) {
  const std::string_view word = text.substr(value.begin, value.end - value.begin);
  if (!std::ranges::all_of(word, [](char c) { return is_small(c) || c == '\'' || c == '-'; })) return false;
  const std::size_t next = behind(text, value.end, is_blank);
  return !strong || (next > value.end && next < text.size() && is_letter(text[next]));
}

/// The words that say how the token behind them is to be read.
bool is_scheme(std::string_view word) {
  constexpr std::array<std::string_view, 9> schemes{"basic", "bearer", "digest",    "token", "apikey",
                                                    "key",   "dpop",   "negotiate", "ntlm"};
  const std::string name = lower_case(word);
  return name.starts_with("aws4-") || std::ranges::find(schemes, name) != schemes.end();
}

/// Of `Basic dXNlcg==`, as headers are written, the token; of schemes with parameters all that is left of the line.
/// Absent: no scheme is named.
std::optional<TextPart> token_of_scheme(std::string_view text, std::size_t begin) {
  const std::size_t word = behind(text, begin, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
  const std::size_t token = behind(text, word, is_blank);
  if (token == word || token >= text.size() || !is_scheme(text.substr(begin, word - begin))) return std::nullopt;
  const std::size_t name = behind(text, token, is_name);
  const bool has_parameters =
      name > token && name + 1 < text.size() && text[name] == '=' && text[name + 1] != '=' && !is_space(text[name + 1]);
  return TextPart{token,
                  has_parameters ? std::min(text.find_first_of("\r\n", token), text.size()) : end_of_word(text, token)};
}

/// The value that begins at `at`, without its quotes.
TextPart value_at(std::string_view text, std::size_t at) {
  const bool escaped = at + 1 < text.size() && text[at] == '\\' && is_quote(text[at + 1]);
  if (escaped) ++at;
  if (at >= text.size()) return {at, at};
  if (is_quote(text[at])) return {at + 1, closing_quote(text, at + 1, text[at], escaped)};
  if (text[at] == '{' || text[at] == '[') return {at, behind_brackets(text, at)};
  return {at, end_of_word(text, at)};
}

/// The value behind the sign at `sign` (`=`, `:`, `=>`, `:=`) where the name in front of it is secret.
std::optional<TextPart> value_behind_sign(std::string_view text, std::size_t sign, const Redaction& redaction) {
  bool spaced = false;
  const std::string_view shown = name_before(text, sign, spaced);
  if (shown.empty() || is_digit(shown.front()) || (!redaction.hides_key(shown) && !is_assigned_only(shown)))
    return std::nullopt;
  const std::string name = lower_case(shown);
  std::size_t begin = sign + 1;
  if (begin < text.size() && (text[begin] == '>' || text[begin] == '=')) ++begin;
  const bool is_prose_sign = text[sign] == ':';
  const std::size_t unspaced = begin;
  if (is_prose_sign || spaced || text[begin - 1] == '>') begin = behind(text, begin, is_blank);
  TextPart value = value_at(text, begin);
  const bool quoted = value.begin != begin;
  if (const std::optional<TextPart> token = token_of_scheme(text, value.begin))
    value = {token->begin, quoted ? std::max(token->begin, value.end) : token->end};
  else if (name.ends_with("cookie"))
    value.end = quoted ? value.end : std::min(text.find_first_of("\r\n\"'`", value.begin), text.size());
  else if (!quoted && begin > unspaced && is_prose(text, value, !is_prose_sign || is_strong(name)))
    return std::nullopt;
  // What shows itself by its form is hidden whole by that (secret_patterns.hpp).
  if (text.substr(value.begin).starts_with("-----BEGIN ")) return std::nullopt;
  if (is_nothing(text.substr(value.begin, value.end - value.begin))) return std::nullopt;
  return value;
}

/// The value of `--password x`; `at` is behind the name, at its blank.
std::optional<TextPart> value_of_option(std::string_view text, std::size_t at, const Redaction& redaction) {
  std::size_t begin = at;
  while (begin > 0 && is_name(text[begin - 1]) && at - begin < longest_name) --begin;
  const std::string_view name = text.substr(begin, at - begin);
  if (!name.starts_with("--") || !redaction.hides_key(name.substr(2))) return std::nullopt;
  const std::size_t start = behind(text, at, is_blank);
  if (start >= text.size() || text[start] == '-' || text[start] == '=') return std::nullopt;
  const TextPart value = value_at(text, start);
  if (value.begin == value.end || (value.begin == start && is_prose(text, value, true))) return std::nullopt;
  return value;
}

}  // namespace

std::optional<TextPart> next_assigned_secret(std::string_view text, const Redaction& redaction, std::size_t& at) {
  for (at = text.find_first_of("=: ", at); at < text.size(); at = text.find_first_of("=: ", at + 1)) {
    std::optional<TextPart> value;
    if (text[at] != ' ')
      value = value_behind_sign(text, at, redaction);
    else if (at > 2 && is_name(text[at - 1]))
      value = value_of_option(text, at, redaction);
    if (!value) continue;
    at = value->end;
    return value;
  }
  return std::nullopt;
}

}  // namespace queuetrace
