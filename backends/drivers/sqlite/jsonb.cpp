#include "backends/drivers/sqlite/jsonb.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace queuetrace {
namespace {

enum Type { null, true_, false_, integer, integer5, real, real5, text, text_json, text5, text_raw, array, object };

constexpr int deepest_value = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// -?digits, and for numbers with a fraction or exponent what JSON allows after it.
bool is_number(std::string_view text, bool whole) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > start;
  };
  if (!digits()) return false;
  if (whole) return at == text.size();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

class Decoder {
 public:
  Decoder(std::string_view bytes, std::size_t limit) : bytes_(bytes), limit_(limit) {}

  std::optional<std::string> decode() {
    if (!element(bytes_.size(), deepest_value) || at_ != bytes_.size()) return std::nullopt;
    return std::move(out_);
  }

 private:
  struct Header {
    int type;
    std::size_t size;
  };

  std::optional<Header> header(std::size_t end) {
    if (at_ >= end) return std::nullopt;
    const auto first = static_cast<unsigned char>(bytes_[at_++]);
    std::uint64_t size = first >> 4;
    if (size >= 12) {
      const std::size_t more = std::size_t{1} << (size - 12);
      if (end - at_ < more) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < more; ++i) size = size << 8 | static_cast<unsigned char>(bytes_[at_++]);
    }
    if (size > end - at_) return std::nullopt;
    return Header{first & 15, static_cast<std::size_t>(size)};
  }

  /// Reads one element that ends at `end` or before it.
  bool element(std::size_t end, int depth) {
    const std::optional<Header> head = header(end);
    if (!head || depth == 0 || out_.size() > limit_) return false;
    if (head->type == array || head->type == object) return members(*head, depth);
    const std::string_view content = bytes_.substr(at_, head->size);
    at_ += head->size;
    return scalar(head->type, content) && out_.size() <= limit_;
  }

  bool members(const Header& head, int depth) {
    const std::size_t end = at_ + head.size;
    out_ += head.type == array ? '[' : '{';
    for (bool key = true, first = true; at_ < end; key = !key, first = false) {
      const bool is_key = head.type == object && key;
      const int type = static_cast<unsigned char>(bytes_[at_]) & 15;
      if (is_key && (type < text || type > text_raw)) return false;
      if (!first) out_ += head.type == object && !key ? ':' : ',';
      if (!element(end, depth - 1)) return false;
      if (is_key && at_ == end) return false;  // without a value
    }
    out_ += head.type == array ? ']' : '}';
    return at_ == end;
  }

  bool scalar(int type, std::string_view content) {
    switch (type) {
      case null: return literal("null", content);
      case true_: return literal("true", content);
      case false_: return literal("false", content);
      case integer:
      case real: out_ += content; return is_number(content, type == integer);
      case integer5: return hex_number(content);
      case real5: return loose_number(content);
      case text:
      case text_raw: quote(content); return true;
      case text_json: return escaped(content, false);
      case text5: return escaped(content, true);
      default: return false;
    }
  }

  bool literal(std::string_view word, std::string_view content) {
    out_ += word;
    return content.empty();
  }

  /// `0x1F`, with a sign or without.
  bool hex_number(std::string_view content) {
    const bool negative = content.starts_with('-');
    if (negative || content.starts_with('+')) content.remove_prefix(1);
    if (!content.starts_with("0x") && !content.starts_with("0X")) {
      if (negative) out_ += '-';
      out_ += content;
      return is_number(content, true);
    }
    std::uint64_t value = 0;
    const char* end = content.data() + content.size();
    const auto [rest, problem] = std::from_chars(content.data() + 2, end, value, 16);
    if (rest != end || (problem != std::errc() && problem != std::errc::result_out_of_range)) return false;
    out_ += problem != std::errc() ? "9.0e999" : fmt::format("{}{}", negative ? "-" : "", value);
    return true;
  }

  /// `.5`, `5.`, `+1.5`, `Infinity`.
  bool loose_number(std::string_view content) {
    std::string plain;
    if (content.starts_with('-')) plain = '-';
    if (content.starts_with('-') || content.starts_with('+')) content.remove_prefix(1);
    if (content == "Infinity" || content == "inf") {
      out_ += plain + "9.0e999";
      return true;
    }
    if (content.starts_with('.')) plain += '0';
    for (std::size_t i = 0; i < content.size(); ++i) {
      plain += content[i];
      if (content[i] == '.' && (i + 1 == content.size() || !is_digit(content[i + 1]))) plain += '0';
    }
    out_ += plain;
    return is_number(plain, false);
  }

  void quote(std::string_view content) {
    out_ += '"';
    for (const char c : content) put(c);
    out_ += '"';
  }

  void put(char c) {
    if (c == '"' || c == '\\')
      out_ += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out_ += c;
  }

  /// Text with JSON's escapes in it; with those of JSON5 where `loose`.
  bool escaped(std::string_view content, bool loose) {
    out_ += '"';
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (content[i] != '\\') {
        put(content[i]);
        continue;
      }
      if (++i == content.size()) return false;
      if (!escape(content, i, loose)) return false;
    }
    out_ += '"';
    return true;
  }

  /// The escape whose letter is at `i`, which is left at its last character.
  bool escape(std::string_view content, std::size_t& i, bool loose) {
    const char c = content[i];
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) {
      out_ += {'\\', c};
      return true;
    }
    const std::size_t digits = c == 'u' ? 4 : c == 'x' && loose ? 2 : 0;
    if (digits > 0) {
      if (content.size() - i - 1 < digits) return false;
      for (std::size_t k = 1; k <= digits; ++k)
        if (hex_digit(content[i + k]) < 0) return false;
      out_ += digits == 4 ? "\\u" : "\\u00";
      out_ += content.substr(i + 1, digits);
      i += digits;
      return true;
    }
    if (!loose) return false;
    if (c == '\'') {
      out_ += c;
    } else if (c == 'v') {
      out_ += "\\u000b";
    } else if (c == '0') {
      out_ += "\\u0000";
    } else if (c == '\r') {  // an escaped end of line is none
      if (i + 1 < content.size() && content[i + 1] == '\n') ++i;
    } else if (content.substr(i).starts_with("\xe2\x80\xa8") || content.substr(i).starts_with("\xe2\x80\xa9")) {
      i += 2;
    } else if (c != '\n') {
      return false;
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t limit_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::optional<std::string> json_of_jsonb(std::string_view bytes, std::size_t limit) {
  return Decoder(bytes, limit).decode();
}

}  // namespace queuetrace
