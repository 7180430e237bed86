#include "formatters/wrapped_text.hpp"

#include <algorithm>
#include <array>

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t least_room = 8;  // cells, below which an indent is given up
constexpr std::size_t small_indent = 2;
constexpr std::size_t longest_quote = 1024;  // bytes, so that a text of nothing but quotes costs no square
/// What commands of ours begin with.
constexpr std::array<std::string_view, 7> programs{
    "queuetrace ", "redis-cli ", "redis-functions ", "cargo ", "procrastinate --", "procrastinate schema ", "rm "};

/// What no line ends in.
struct Piece {
  std::size_t blanks = 0;  ///< before it
  std::string_view text;
  bool command = false;
};

bool is_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

/// The end of what is in quotes from `begin` on; `begin` when that is an apostrophe, or nothing near closes it.
std::size_t quoted_end(std::string_view text, std::size_t begin) {
  if (begin > 0 && is_letter(text[begin - 1])) return begin;
  const char quote = text[begin];
  text = text.substr(0, begin + longest_quote);
  for (std::size_t at = text.find(quote, begin + 1); at != std::string_view::npos; at = text.find(quote, at + 1))
    if (at + 1 == text.size() || !is_letter(text[at + 1])) return at + 1;
  return begin;
}

std::size_t word_end(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (at < text.size() && text[at] != ' ') {
    const std::size_t end = is_quote(text[at]) ? quoted_end(text, at) : at;
    at = std::max(at + 1, end);
  }
  return at;
}

bool begins_command(std::string_view text) {
  return std::ranges::any_of(programs, [&](std::string_view program) { return text.starts_with(program); });
}

/// As a shell reads it, up to an unquoted `;` and with it; what goes on behind `, `, ` (` and two blanks is a sentence
/// again.
std::size_t command_end(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(" (") || rest.starts_with("  ")) return at;
    if (rest == ";" || rest.starts_with("; ") || rest.starts_with(", ")) return at + 1;
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '\'' || text[at] == '"')
      at = std::min(text.find(text[at], at + 1), text.size());
  }
  return text.size();
}

/// Cuts a paragraph into its pieces.
class Pieces {
 public:
  Pieces(std::string_view text, bool commands, bool message)
      : text_(text), commands_(commands && !message), message_(message) {}

  bool at_end() const { return at_ >= text_.size(); }

  Piece next() {
    const std::size_t begin = std::min(text_.find_first_not_of(' ', at_), text_.size());
    Piece piece{begin - at_, {}, false};
    const bool bracket = begin < text_.size() && text_[begin] == '(';
    std::size_t end = message_ ? std::min(text_.find(' ', begin), text_.size()) : word_end(text_, begin);
    if (commands_ && bracket && begins_command(text_.substr(begin + 1))) {
      end = std::min(text_.find(')', begin), text_.size());
      end = word_end(text_, end);
    } else if (commands_ && (may_be_command_ || piece.blanks != 1) && begins_command(text_.substr(begin))) {
      end = command_end(text_, begin);
      piece.command = true;
    }
    piece.text = text_.substr(begin, end - begin);
    at_ = end;
    may_be_command_ = piece.text.ends_with(':') || piece.text.ends_with(';') || piece.text.ends_with(',') ||
                      piece.text == "or" || piece.text == "then";
    return piece;
  }

 private:
  std::string_view text_;
  bool commands_, message_;
  std::size_t at_ = 0;
  bool may_be_command_ = false;  ///< by what stands before
};

/// The lines of a paragraph.
class Lines {
 public:
  Lines(std::string& out, std::string_view text, const Wrapping& wrapping)
      : out_(out), wrapping_(wrapping), text_(text), begin_(out.size()), column_(wrapping.indent) {
    indent_ = wrapping.indent + std::min(text.find_first_not_of(' '), text.size()) + wrapping.inset;
    if (indent_ + least_room > wrapping.width) indent_ = std::min(indent_, small_indent);
  }

  void append() {
    bool alone = false;  // the piece before was a command
    for (Pieces pieces(text_, wrapping_.commands, wrapping_.message); !pieces.at_end();) {
      const Piece piece = pieces.next();
      const std::size_t width = unicode::display_width(piece.text);
      const bool parted = wrapping_.message && indent_ + width > wrapping_.width;
      const bool fits = column_ + piece.blanks + (parted ? 1 : width) <= wrapping_.width;
      if (!first_ && !piece.text.empty() && (alone || piece.command || !fits)) {
        if (!goes_on(piece.blanks, piece.text)) return;
      } else {
        out_.append(piece.blanks, ' ');
        column_ += piece.blanks;
      }
      first_ = false;
      if (!append_word(piece.text, parted)) return;
      alone = piece.command;
    }
  }

 private:
  /// In as many lines as it takes, where it may be parted; false where there are no more lines.
  bool append_word(std::string_view word, bool parted) {
    while (parted) {
      const std::size_t room = wrapping_.width - std::min(column_, wrapping_.width);
      const std::string_view part = unicode::head_of_width(word, room);
      if (part.size() == word.size()) break;
      if (part.empty() && column_ <= indent_) break;  // not even one character has room
      out_ += part;
      word.remove_prefix(part.size());
      if (!goes_on(0, word)) return false;
    }
    out_ += word;
    column_ += unicode::display_width(word);
    return true;
  }

  /// Begins a further line; where there may be none, ends the last one in the ellipsis in place of `rest`.
  bool goes_on(std::size_t blanks, std::string_view rest) {
    if (++lines_ == wrapping_.most_lines) {
      const std::string line = out_.substr(begin_) + std::string(blanks, ' ') + std::string(rest);
      const std::size_t taken = (lines_ == 1 ? wrapping_.indent : 0) + unicode::display_width(wrapping_.ellipsis);
      const std::size_t room = wrapping_.width - std::min(wrapping_.width, taken);
      out_.resize(begin_);
      out_ += std::string(unicode::head_of_width(line, room)) + std::string(wrapping_.ellipsis);
      return false;
    }
    out_ += '\n';
    begin_ = out_.size();
    out_.append(indent_, ' ');
    column_ = indent_;
    return true;
  }

  std::string& out_;
  const Wrapping& wrapping_;
  std::string_view text_;
  std::size_t begin_;  ///< of the line in `out_`
  std::size_t column_, indent_;
  std::size_t lines_ = 0;  ///< that are complete
  bool first_ = true;      ///< the piece is the first one
};

void append_paragraph(std::string& out, std::string_view text, const Wrapping& wrapping) {
  if (wrapping.width == 0 || wrapping.indent + unicode::display_width(text) <= wrapping.width)
    out += text;
  else
    Lines(out, text, wrapping).append();
}

}  // namespace

std::string wrapped_text(std::string_view text, const Wrapping& wrapping) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) {
      out += '\n';
      out.append(wrapping.indent, ' ');
    }
    append_paragraph(out, text.substr(begin, end - begin), wrapping);
    begin = end + 1;
  }
  return out;
}

std::size_t longest_part(std::string_view text) {
  std::size_t longest = 0;
  for (Pieces pieces(text, true, false); !pieces.at_end();)
    longest = std::max(longest, unicode::display_width(pieces.next().text));
  return longest;
}

}  // namespace queuetrace
