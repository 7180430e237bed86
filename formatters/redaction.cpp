#include "formatters/redaction.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "formatters/assigned_secrets.hpp"
#include "formatters/secret_patterns.hpp"
#include "model/job_filter.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// Sorted: looked up by first letter.
constexpr std::array<std::string_view, 40> secret_words{
    "accesskey",     "accesstoken", "accountkey",    "apikey",       "auth",
    "authorization", "bearer",      "cardnumber",    "clientsecret", "connectionstring",
    "cookie",        "credential",  "credentials",   "creditcard",   "cvc",
    "cvv",           "dsn",         "encryptionkey", "iban",         "idtoken",
    "jwt",           "otp",         "passphrase",    "passwd",       "password",
    "pin",           "privatekey",  "pwd",           "refreshtoken", "secret",
    "secretkey",     "session",     "sessionid",     "setcookie",    "signature",
    "signingkey",    "ssn",         "token",         "totp",         "webhooksecret"};
static_assert(std::is_sorted(secret_words.begin(), secret_words.end()));

constexpr std::array<std::string_view, 15> harmless_keys{
    "auth_method",       "auth_type",   "author",          "authors",       "completion_tokens",
    "encryption_key_id", "max_tokens",  "pin_code_length", "prompt_tokens", "session_count",
    "token_count",       "token_limit", "token_type",      "tokens",        "tokens_used"};
constexpr std::array<std::string_view, 6> harmless_endings{"_at", "_command", "_count", "_len", "_name", "_type"};
/// The keys within records that stand in nearly every one.
constexpr std::array<std::string_view, 7> keys_of_records{"type",        "label", "command", "url",
                                                          "description", "code",  "text"};
/// Parts that end in one of these are secret without a border, as in PGPASSWORD.
constexpr std::array<std::string_view, 2> secret_endings{"password", "passwd"};

constexpr auto first_letter_start = [] {
  std::array<std::uint8_t, 27> table{};
  for (std::size_t letter = 0; letter < table.size(); ++letter) {
    std::uint8_t at = 0;
    while (at < secret_words.size() && static_cast<std::size_t>(secret_words[at][0] - 'a') < letter) ++at;
    table[letter] = at;
  }
  return table;
}();

bool is_secret_word(std::string_view word) {
  if (word.size() < 3 || word[0] < 'a' || word[0] > 'z') return false;
  for (const std::string_view ending : secret_endings)
    if (word.ends_with(ending)) return true;
  const auto letter = static_cast<std::size_t>(word[0] - 'a');
  for (std::size_t at = first_letter_start[letter]; at < first_letter_start[letter + 1]; ++at)
    if (secret_words[at] == word) return true;
  return false;
}

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_separator(char c) { return c == '_' || c == '-' || c == '.' || c == ':' || c == ' '; }

/// A key in lower case without separators, and where its parts begin. Keys longer than this are cut: no secret word is
/// that far in.
struct KeyParts {
  static constexpr std::size_t longest = 128;
  std::array<char, longest> letters;
  std::array<std::uint8_t, longest + 1> starts;
  std::size_t size = 0;
  std::size_t parts = 0;

  explicit KeyParts(std::string_view key) {
    bool new_part = true;
    for (std::size_t i = 0; i < key.size() && size < longest; ++i) {
      const char c = key[i];
      if (is_separator(c)) {
        new_part = true;
        continue;
      }
      if (is_upper(c) && i > 0 && (!is_upper(key[i - 1]) || (i + 1 < key.size() && is_lower(key[i + 1]))))
        new_part = true;
      if (new_part) starts[parts++] = static_cast<std::uint8_t>(size);
      new_part = false;
      letters[size++] = lower(c);
    }
    starts[parts] = static_cast<std::uint8_t>(size);
  }

  /// `count` parts from `first` on, joined.
  std::string_view joined(std::size_t first, std::size_t count) const {
    return {letters.data() + starts[first], static_cast<std::size_t>(starts[first + count] - starts[first])};
  }

  /// The parts with `_` between them.
  std::string snake_case() const {
    std::string text;
    for (std::size_t part = 0; part < parts; ++part) {
      if (part > 0) text += '_';
      text += joined(part, 1);
    }
    return text;
  }
};

bool is_harmless(const std::string& key) {
  return std::find(harmless_keys.begin(), harmless_keys.end(), key) != harmless_keys.end() ||
         std::any_of(harmless_endings.begin(), harmless_endings.end(),
                     [&](std::string_view ending) { return key.ends_with(ending); });
}

/// Behind the closing quote of the string that begins at `at`, or the end of a text that breaks off in it.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.size();
}

/// Behind the value that begins at `at`, as far as the text goes.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = behind_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) return at;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return at;
}

std::size_t behind_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

std::uint64_t append_without_patterns(std::string_view text, std::string& out) {
  const std::uint64_t hidden = hide_secret_patterns(text, out);
  if (hidden == 0) out += text;
  return hidden;
}

}  // namespace

Redaction::Redaction(const std::vector<std::string>& key_globs, bool enabled)
    : key_globs_(key_globs), enabled_(enabled) {
  for (std::string& glob : key_globs_) glob = lower_case(glob);
}

bool Redaction::hides_key(std::string_view key) const {
  if (!enabled_) return false;
  if (!key_globs_.empty()) {
    const std::string small = lower_case(key);
    for (const std::string& glob : key_globs_)
      if (matches_glob(glob, small)) return true;
  }
  if (std::ranges::find(keys_of_records, key) != keys_of_records.end()) return false;
  const KeyParts parts(key);
  for (std::size_t part = 0; part < parts.parts; ++part)
    if (is_secret_word(parts.joined(part, 1)) || (part + 1 < parts.parts && is_secret_word(parts.joined(part, 2))))
      return !is_harmless(parts.snake_case());
  return false;
}

std::uint64_t Redaction::hide_in_string(std::string_view text, std::string& out) const {
  if (!enabled_) return 0;
  std::size_t at = 0;
  std::optional<TextPart> secret = next_assigned_secret(text, *this, at);
  if (!secret) return hide_secret_patterns(text, out);
  std::uint64_t hidden = 0;
  std::size_t copied = 0;
  for (; secret; secret = next_assigned_secret(text, *this, at)) {
    hidden += 1 + append_without_patterns(text.substr(copied, secret->begin - copied), out);
    out += "***";
    copied = secret->end;
  }
  return hidden + append_without_patterns(text.substr(copied), out);
}

std::uint64_t Redaction::append_hidden(std::string_view text, std::string& out) const {
  const std::uint64_t hidden = hide_in_string(text, out);
  if (hidden == 0) out += text;
  return hidden;
}

std::uint64_t Redaction::hide_in_text(std::string_view text, std::string& out) const {
  if (!enabled_) {
    out += text;
    return 0;
  }
  std::uint64_t hidden = 0;
  std::size_t copied = 0;
  for (std::size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const std::size_t key_end = behind_string(text, at);
    const std::size_t colon = behind_blanks(text, key_end);
    if (colon >= text.size() || text[colon] != ':' || key_end - at < 2) {
      at = key_end;
      continue;
    }
    const std::size_t value = behind_blanks(text, colon + 1);
    if (value >= text.size() || !hides_key(text.substr(at + 1, key_end - at - 2))) {
      at = value;
      continue;
    }
    const std::size_t value_end = behind_value(text, value);
    at = value_end;
    if (text.substr(value, value_end - value) == "null") continue;
    hidden += 1 + append_hidden(text.substr(copied, value - copied), out);
    out += "\"***\"";
    copied = value_end;
  }
  return hidden + append_hidden(text.substr(copied), out);
}

std::string without_secrets(const Untrusted& text) {
  std::string out;
  Redaction().hide_in_text(text.raw(), out);
  return out;
}

}  // namespace queuetrace
