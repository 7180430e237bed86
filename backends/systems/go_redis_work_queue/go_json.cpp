#include "backends/systems/go_redis_work_queue/go_json.hpp"

#include <algorithm>
#include <charconv>

#include "backends/systems/go_redis_work_queue/go_string.hpp"
#include "model/letter_case.hpp"

namespace queuetrace::go_redis_work_queue {
namespace {

constexpr std::size_t deepest = 10'000;  // encoding/json, maxNestingDepth

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Walks over a text once; every step says whether Go's scanner goes on.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  GoJson scan() {
    GoJson parsed;
    const std::size_t begin = skip_blanks();
    if (!value(parsed.members)) return {};
    if (skip_blanks() != text_.size()) return {};
    parsed.replaced = replaced_;
    parsed.kind = text_[begin] == '{'   ? GoJson::Kind::object
                  : text_[begin] == 'n' ? GoJson::Kind::null
                                        : GoJson::Kind::other;
    return parsed;
  }

 private:
  std::size_t skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_;
  }

  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool number() {
    word("-");
    if (!word("0") && !digits()) return false;
    if (word(".") && !digits()) return false;
    if (!word("e") && !word("E")) return true;
    if (!word("+")) word("-");
    return digits();
  }

  /// A string with its quotes; `inside`: what is between them.
  bool string(std::string_view& inside) {
    if (!take('"')) return false;
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return false;
      std::size_t size = 1;
      if (text_[at_] == '\\') {
        const std::string_view rest = text_.substr(at_);
        if (rest.size() < 2) return false;
        if (rest[1] == 'u' ? !escaped_unit(rest)
                           : std::string_view("\"\\/bfnrt").find(rest[1]) == std::string_view::npos)
          return false;
        size = rest[1] == 'u' ? 6 : 2;
      }
      at_ += size;
    }
    if (at_ >= text_.size()) return false;
    inside = text_.substr(begin, at_ - begin);
    ++at_;
    if (!replaced_) note_replaced(inside);
    return true;
  }

  void note_replaced(std::string_view inside) {
    if (std::ranges::all_of(inside, [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\\'; })) return;
    std::string ignored;
    while (!inside.empty() && !replaced_) {
      replaced_ = take_character(inside, ignored);
      ignored.clear();
    }
  }

  bool scalar() {
    std::string_view inside;
    switch (text_[at_]) {
      case '"': return string(inside);
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  /// A value of any depth. Of the outermost object the members are kept.
  bool value(std::vector<GoMember>& members) {
    std::string open;  // the brackets around here
    std::size_t member_begin = 0;
    const auto keep_value = [&] {
      if (open != "{") return;
      members.back().value = text_.substr(member_begin, at_ - member_begin);
    };
    const auto begin_member = [&] {
      std::string_view name;
      if (!string(name) || !take(':')) return false;
      if (open.size() == 1) {
        members.push_back({name, {}});
        member_begin = skip_blanks();
      }
      return true;
    };
    for (;;) {
      if (skip_blanks() >= text_.size()) return false;
      const char first = text_[at_];
      if (first == '{' || first == '[') {
        if (open.size() >= deepest) return false;
        ++at_;
        open += first;
        const char closing = first == '{' ? '}' : ']';
        if (!take(closing)) {
          if (first == '{' && !begin_member()) return false;
          continue;
        }
        open.pop_back();
      } else if (!scalar()) {
        return false;
      }
      // A value is complete: what follows belongs to what is around it.
      for (;;) {
        if (open.empty()) return true;
        keep_value();
        if (take(',')) break;
        if (!take(open.back() == '{' ? '}' : ']')) return false;
        open.pop_back();
      }
      if (open.back() == '{' && !begin_member()) return false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool replaced_ = false;
};

/// The letters of fields' names that other characters fold to: U+017F (long s) and U+212A (Kelvin).
std::string folded(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string_view rest = name.substr(i);
    if (rest.starts_with("\xC5\xBF")) {
      out += 's';
      i += 1;
    } else if (rest.starts_with("\xE2\x84\xAA")) {
      out += 'k';
      i += 2;
    } else {
      out += lower(name[i]);
    }
  }
  return out;
}

bool is_null(const GoMember& member) { return member.value == "null"; }

}  // namespace

GoJson parse_as_go(std::string_view text) { return Scanner(text).scan(); }

bool names_field(const GoMember& member, std::string_view name) {
  if (member.name == name) return true;
  const bool plain =
      std::ranges::all_of(member.name, [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\\'; });
  if (plain) return equal_ignoring_case(member.name, name);
  return folded(meaning(member.name)) == name;
}

bool GoFields::has(std::string_view name) const {
  return std::ranges::any_of(document.members,
                             [&](const GoMember& member) { return !is_null(member) && names_field(member, name); });
}

std::string GoFields::text(std::string_view name) {
  std::string text;
  for (const GoMember& member : document.members) {
    if (is_null(member) || !names_field(member, name)) continue;
    if (member.value.front() == '"')
      text = meaning(member.value.substr(1, member.value.size() - 2));
    else
      rejected = true;
  }
  return text;
}

std::int64_t GoFields::number(std::string_view name) {
  std::int64_t number = 0;
  for (const GoMember& member : document.members) {
    if (is_null(member) || !names_field(member, name)) continue;
    std::int64_t value = 0;
    const char* const last = member.value.data() + member.value.size();
    const auto [end, error] = std::from_chars(member.value.data(), last, value);
    if (error == std::errc{} && end == last)
      number = value;
    else
      rejected = true;
  }
  return number;
}

}  // namespace queuetrace::go_redis_work_queue
