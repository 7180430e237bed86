#include "formatters/json_rewrite.hpp"

#include "formatters/escape.hpp"
#include "formatters/json_scan.hpp"
#include "formatters/json_text.hpp"
#include "formatters/secret_patterns.hpp"
#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t deepest = 256;

class Rewriter {
 public:
  Rewriter(std::string_view text, const Redaction& redaction, std::string& out, JsonLayout layout,
           bool look_into_strings)
      : text_(text), redaction_(redaction), out_(out), layout_(layout), look_into_strings_(look_into_strings) {}

  JsonRewrite run() {
    const std::size_t mark = out_.size();
    blanks();
    const bool valid = value(0) && (blanks(), at_ == text_.size());
    if (!valid) {
      out_.resize(mark);
      return {too_deep_ ? JsonRewrite::Status::too_deep : JsonRewrite::Status::invalid};
    }
    if (not_utf8_) result_.status = JsonRewrite::Status::not_utf8;
    return result_;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void blanks() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    if (layout_ == JsonLayout::stored) out_ += text_.substr(start, at_ - start);
  }

  void new_line(std::size_t depth) {
    if (layout_ != JsonLayout::pretty) return;
    out_ += '\n';
    out_.append(depth * 2, ' ');
  }

  bool value(std::size_t depth) {
    switch (peek()) {
      case '{': return object(depth + 1);
      case '[': return array(depth + 1);
      case '"': return string_value();
      default: return scalar();
    }
  }

  bool scalar() {
    const std::size_t end = json_scalar_end(text_, at_);
    if (end == at_) return false;
    out_ += text_.substr(at_, end - at_);
    at_ = end;
    return true;
  }

  bool open(std::size_t depth) {
    if (depth > deepest) {
      too_deep_ = true;
      return false;
    }
    out_ += text_[at_++];
    blanks();
    return true;
  }

  bool close(char bracket, std::size_t depth, bool empty) {
    if (!empty) new_line(depth - 1);
    out_ += bracket;
    ++at_;
    return true;
  }

  /// Past a comma; false at anything else.
  bool comma() {
    if (peek() != ',') return false;
    out_ += ',';
    ++at_;
    blanks();
    return true;
  }

  bool array(std::size_t depth) {
    if (!open(depth)) return false;
    if (peek() == ']') return close(']', depth, true);
    do {
      new_line(depth);
      if (!value(depth)) return false;
      blanks();
      if (peek() == ']') return close(']', depth, false);
    } while (comma());
    return false;
  }

  bool object(std::size_t depth) {
    if (!open(depth)) return false;
    if (peek() == '}') return close('}', depth, true);
    do {
      new_line(depth);
      if (!member(depth)) return false;
      blanks();
      if (peek() == '}') return close('}', depth, false);
    } while (comma());
    return false;
  }

  bool member(std::size_t depth) {
    if (peek() != '"') return false;
    const JsonString key = scan_json_string(text_, at_);
    if (!key.valid) return false;
    at_ = key.end;
    const bool secret = redaction_.hides_key(decoded(key));
    if (key.beyond_ascii && has_mixed_scripts(key.content)) result_.mixed_script_keys = true;
    copy(key);
    blanks();
    if (peek() != ':') return false;
    out_ += ':';
    ++at_;
    if (layout_ == JsonLayout::pretty) out_ += ' ';
    blanks();
    return secret ? secret_value(depth) : value(depth);
  }

  /// Checks the value like any other and puts `***` in its place; null stays.
  bool secret_value(std::size_t depth) {
    const std::size_t mark = out_.size();
    const std::uint64_t hidden = result_.hidden;
    if (!value(depth)) return false;
    if (std::string_view(out_).substr(mark) == "null") return true;
    out_.resize(mark);
    out_ += "\"***\"";
    result_.hidden = hidden + 1;
    return true;
  }

  /// The content of a string without escapes; valid until the next call.
  std::string_view decoded(const JsonString& string) {
    if (!string.escapes) return string.content;
    decoded_.clear();
    append_decoded_json(decoded_, string.content);
    return decoded_;
  }

  bool string_value() {
    const JsonString string = scan_json_string(text_, at_);
    if (!string.valid) return false;
    at_ = string.end;
    if (!redaction_.enabled()) {
      copy(string);
      return true;
    }
    const std::string_view plain = decoded(string);
    replaced_.clear();
    std::uint64_t hidden = 0;
    bool is_document = string.escapes && (plain.starts_with('{') || plain.starts_with('['));
    if (is_document && look_into_strings_) {
      const JsonRewrite inner = Rewriter(plain, redaction_, replaced_, JsonLayout::stored, false).run();
      is_document = inner.status == JsonRewrite::Status::json;
      hidden = is_document ? inner.hidden : 0;
      if (hidden == 0) replaced_.clear();
    }
    if (hidden == 0)
      hidden = is_document ? hide_secret_patterns(plain, replaced_) : redaction_.hide_in_string(plain, replaced_);
    if (hidden == 0) {
      copy(string);
      return true;
    }
    result_.hidden += hidden;
    out_ += '"';
    append_encoded(replaced_);
    out_ += '"';
    return true;
  }

  void append_encoded(std::string_view text) {
    for (;;) {
      const std::size_t done = append_json_characters(out_, text, true);
      if (done == text.size()) return;
      not_utf8_ = true;
      out_ += text[done];
      text.remove_prefix(done + 1);
    }
  }

  /// A string as it was, its escapes with it.
  void copy(const JsonString& string) {
    out_ += '"';
    if (!string.beyond_ascii) {
      out_ += string.content;
    } else {
      copy_beyond_ascii(string.content);
    }
    out_ += '"';
  }

  bool is_safe() const { return layout_ == JsonLayout::safe || layout_ == JsonLayout::pretty; }

  void copy_beyond_ascii(std::string_view content) {
    std::size_t plain = 0;
    for (std::size_t at = 0; at < content.size();) {
      if (static_cast<unsigned char>(content[at]) < 0x7f) {
        ++at;
        continue;
      }
      const unicode::Character character = unicode::decode(content, at);
      if (character.length == 0) {
        not_utf8_ = true;
        ++at;
        continue;
      }
      if (is_safe() && (unicode::properties_of(character.point) & unicode::escaped)) {
        out_ += content.substr(plain, at - plain);
        append_json_characters(out_, content.substr(at, character.length), false);
        plain = at + character.length;
      }
      at += character.length;
    }
    out_ += content.substr(plain);
  }

  std::string_view text_;
  const Redaction& redaction_;
  std::string& out_;
  JsonLayout layout_;
  bool look_into_strings_;
  std::size_t at_ = 0;
  bool too_deep_ = false;
  bool not_utf8_ = false;
  JsonRewrite result_;
  std::string decoded_;   // reused by every string with escapes
  std::string replaced_;  // reused by every string with a secret
};

}  // namespace

JsonRewrite rewrite_json(std::string_view document, const Redaction& redaction, std::string& out, JsonLayout layout) {
  return Rewriter(document, redaction, out, layout, true).run();
}

std::uint64_t append_json_document(std::string& out, std::string_view text, const Redaction& redaction) {
  const std::size_t mark = out.size();
  const JsonRewrite rewrite = rewrite_json(text, redaction, out);
  if (rewrite.status == JsonRewrite::Status::json) return rewrite.hidden;
  if (rewrite.status == JsonRewrite::Status::not_utf8) {
    const std::string bytes = out.substr(mark);
    out.resize(mark);
    append_json_string(out, bytes);
    return rewrite.hidden;
  }
  std::string safe;
  const std::uint64_t hidden = redaction.hide_in_text(text, safe);
  append_json_string(out, safe);
  return hidden;
}

}  // namespace queuetrace
