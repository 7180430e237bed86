#include "model/error_signature.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/error_code.hpp"
#include "model/error_word.hpp"
#include "model/fingerprint.hpp"
#include "model/message_bytes.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_examined = 64 * 1024;
constexpr std::size_t longest_quotation = 1'000;

using message_bytes::is_blank;

/// What ends a word.
bool is_delimiter(char c) {
  return is_blank(c) || std::string_view("\"'`()[]{}<>,;=|").find(c) != std::string_view::npos;
}

bool is_word_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || byte >= 0x80;
}

std::string_view without_indent(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : line.substr(first);
}

/// One line of a stack trace of Java, JavaScript, .NET or Python.
bool is_stack_frame(std::string_view line) {
  const std::string_view text = without_indent(line);
  return text.size() < line.size() &&
         (text.starts_with("at ") || text.starts_with("... ") || text.starts_with("File \""));
}

/// The heading of a stack trace of Go or Rust: nothing but frames follows.
bool is_stack_heading(std::string_view line) {
  return line.starts_with("goroutine ") || line.starts_with("stack backtrace:") ||
         line.starts_with("Stack backtrace:") || line.starts_with("note: run with `RUST_BACKTRACE");
}

/// The last line of a Python traceback that is not indented names the exception.
std::string_view exception_of_traceback(std::string_view text) {
  std::string_view last;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (!line.empty() && !is_blank(line.front())) last = line;
    at = end + 1;
  }
  return last;
}

/// Where the quotation that opens at `at` closes; npos when nothing closes it on the line, or when it is an apostrophe.
std::size_t closing_quote(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote != '"' && at > 0 && is_word_character(text[at - 1])) return std::string_view::npos;
  const std::size_t end = std::min(text.size(), at + longest_quotation);
  for (std::size_t i = at + 1; i < end && text[i] != '\n'; ++i) {
    if (text[i] == '\\' && i + 1 < end) {
      ++i;
    } else if (text[i] == quote || (quote == '`' && text[i] == '\'')) {
      if (quote == '"' || i + 1 == text.size() || !is_word_character(text[i + 1])) return i;
    }
  }
  return std::string_view::npos;
}

/// Builds the signature piece by piece.
class Signature {
 public:
  bool full() const { return out_.size() > longest_signature; }
  std::string_view text() const { return out_; }

  void add(std::string_view piece) {
    const bool repeats = piece.starts_with('<') && (ends_with(piece, ",") || ends_with(piece, ", "));
    if (repeats)  // a list of any length reads the same
      out_.erase(out_.rfind(','));
    else
      out_ += piece;
  }
  void add_blank() {
    if (!out_.empty() && out_.back() != ' ') out_ += ' ';
  }
  /// Whether the text so far ends with this piece and this mark.
  bool ends_with(std::string_view piece, std::string_view mark) const {
    const std::string_view text = out_;
    return text.ends_with(mark) && text.substr(0, text.size() - mark.size()).ends_with(piece);
  }
  std::string take() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
    if (out_.size() > longest_signature) {
      std::size_t end = longest_signature - 3;
      while (end > 0 && (static_cast<unsigned char>(out_[end]) & 0xC0) == 0x80) --end;
      out_.resize(end);
      out_ += "...";
    }
    return std::move(out_);
  }

 private:
  std::string out_;
};

/// A date and the time behind it are one moment: `2026-01-02 03:04:05`.
bool is_time_after_date(std::string_view word, const Signature& out) {
  return out.ends_with("<time>", " ") && (word == "<time>" || word == "UTC" || word == "<n>");
}

/// Members of JSON whose values name the kind of an error.
constexpr std::array<std::string_view, 9> telling_keys{"code", "type",   "error",  "class", "exception",
                                                       "name", "status", "reason", "kind"};
constexpr std::size_t longest_kept = 64;  // bytes of a key, and of a value in one word

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

/// Where the value of the JSON member begins whose key is the quotation from `open` to `close`; npos for text in quotes
/// that is no key.
std::size_t value_of_key(std::string_view text, std::size_t open, std::size_t close) {
  std::size_t before = open;
  while (before > 0 && is_blank(text[before - 1])) --before;
  if (before == 0 || (text[before - 1] != '{' && text[before - 1] != ',')) return std::string_view::npos;
  const std::string_view key = text.substr(open + 1, close - open - 1);
  if (key.empty() || key.size() > longest_kept || !std::all_of(key.begin(), key.end(), is_word_character))
    return std::string_view::npos;
  const std::size_t colon = skip_blanks(text, close + 1);
  return colon < text.size() && text[colon] == ':' ? skip_blanks(text, colon + 1) : std::string_view::npos;
}

void fold(std::string_view text, Signature& out);

/// Adds the value at `at` of a member that names the kind of an error, words as they are and sentences folded, and
/// returns its end; `at` itself for a value that is folded as any other.
std::size_t add_telling_value(std::string_view text, std::size_t at, Signature& out) {
  if (at >= text.size()) return at;
  const bool quoted = text[at] == '"' || text[at] == '\'';
  std::size_t end = quoted ? closing_quote(text, at) : at;
  if (end == std::string_view::npos) return at;
  while (!quoted && end < text.size() && !is_delimiter(text[end])) ++end;
  const std::string_view value = quoted ? text.substr(at + 1, end - at - 1) : text.substr(at, end - at);
  const bool is_word = value.size() <= longest_kept && std::none_of(value.begin(), value.end(), is_blank);
  if (value.empty() || (!quoted && !is_word)) return at;
  const std::string_view quote = text.substr(at, quoted ? 1 : 0);
  out.add(quote);
  if (is_word)
    out.add(value);
  else
    fold(value, out);
  out.add(quote);
  return end + quote.size();
}

/// Adds the key of a JSON member and, where it names the kind of an error, its value; returns the end of both.
std::size_t add_member(std::string_view text, std::size_t open, std::size_t close, std::size_t value, Signature& out) {
  const std::string_view key = text.substr(open + 1, close - open - 1);
  out.add(text.substr(open, close + 1 - open));
  out.add(":");
  const bool tells = names_error_code(key) || std::ranges::find(telling_keys, key) != telling_keys.end();
  return tells ? add_telling_value(text, value, out) : value;
}

/// Adds the code that begins at `at`, or behind the first colon of the word there (`status:503`), and returns its end;
/// `at` itself: there is none.
std::size_t add_code(std::string_view text, std::size_t at, std::string_view word, Signature& out) {
  if (const std::size_t code = error_code_at(out.text(), text, at); code > 0) {
    out.add(text.substr(at, code));
    return at + code;
  }
  const std::size_t colon = word.find(':');
  if (colon == 0 || colon == std::string_view::npos || word.size() > longest_kept) return at;
  const std::string name = std::string(word.substr(0, colon + 1));
  const std::size_t code = error_code_at(name, text, at + colon + 1);
  if (code == 0 || fold_error_word(name) != name) return at;
  out.add(name);
  out.add(text.substr(at + colon + 1, code));
  return at + colon + 1 + code;
}

void fold(std::string_view text, Signature& out) {
  for (std::size_t at = 0; at < text.size() && !out.full();) {
    const char c = text[at];
    if (is_blank(c)) {
      out.add_blank();
      ++at;
      continue;
    }
    if (c == '"' || c == '\'' || c == '`') {
      const std::size_t close = closing_quote(text, at);
      const std::size_t value = close == std::string_view::npos ? close : value_of_key(text, at, close);
      if (value != std::string_view::npos) {
        at = add_member(text, at, close, value, out);
      } else if (close != std::string_view::npos) {
        out.add("<text>");
        at = close + 1;
      } else {
        out.add(text.substr(at++, 1));
      }
      continue;
    }
    if (is_delimiter(c)) {
      out.add(text.substr(at++, 1));
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_delimiter(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    if (word.find("://") != std::string_view::npos) {  // URLs hold some of the delimiters
      while (end < text.size() && !is_blank(text[end]) &&
             std::string_view("\"'`<>)]}").find(text[end]) == std::string_view::npos)
        ++end;
      word = text.substr(at, end - at);
    }
    if (const std::size_t code_end = add_code(text, at, word, out); code_end > at) {
      at = code_end;
      continue;
    }
    const std::string folded = fold_error_word(word);
    at = end;
    if (!is_time_after_date(folded, out)) out.add(folded);
  }
}

/// The lines of the message without those of stack traces.
std::string told_lines(std::string_view message) {
  if (message.starts_with("Traceback (most recent call last)")) return std::string(exception_of_traceback(message));
  std::string told;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    const std::string_view line = message.substr(at, end - at);
    if (is_stack_heading(line)) break;
    if (!is_stack_frame(line)) (told += line) += '\n';
    at = end + 1;
  }
  return told;
}

}  // namespace

Untrusted error_signature(std::string_view message) {
  Signature out;
  fold(told_lines(message.substr(0, most_examined)), out);
  return Untrusted(out.take());
}

std::string error_group(const Untrusted& signature) {
  const std::uint64_t hash = fingerprint(signature.raw());
  const auto folded = static_cast<std::uint32_t>(hash ^ (hash >> 32));
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(folded >> shift) & 15];
  return text;
}

}  // namespace queuetrace
