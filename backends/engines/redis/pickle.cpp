#include "backends/engines/redis/pickle.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace queuetrace {
namespace {

/// What follows an opcode (Python's pickletools names the opcodes).
enum class Argument { none, one, two, four, eight, line, two_lines, sized_1, sized_4, sized_8, unknown };

Argument argument_of(char opcode) {
  switch (opcode) {
    case 'K':
    case 'h':
    case 'q':
    case '\x80':
    case '\x82': return Argument::one;
    case 'M':
    case '\x83': return Argument::two;
    case 'J':
    case 'j':
    case 'r':
    case '\x84': return Argument::four;
    case 'G':
    case '\x95': return Argument::eight;
    case 'I':
    case 'L':
    case 'F':
    case 'S':
    case 'V':
    case 'g':
    case 'p':
    case 'P': return Argument::line;
    case 'c':
    case 'i': return Argument::two_lines;
    case 'U':
    case 'C':
    case '\x8a':
    case '\x8c': return Argument::sized_1;
    case 'T':
    case 'X':
    case 'B':
    case '\x8b': return Argument::sized_4;
    case '\x8d':
    case '\x8e':
    case '\x96': return Argument::sized_8;
    default: break;
  }
  constexpr std::string_view bare = "(.012NQRabdeosltu)]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98";
  return bare.find(opcode) == std::string_view::npos ? Argument::unknown : Argument::none;
}

bool is_text(char opcode) { return opcode == 'V' || opcode == 'X' || opcode == '\x8c' || opcode == '\x8d'; }

class Reader {
 public:
  Reader(std::string_view pickle, std::size_t most) : rest_(pickle), most_(most) {}

  std::vector<PickledString> run() {
    while (!rest_.empty() && found_.size() < most_) {
      const char opcode = rest_.front();
      rest_.remove_prefix(1);
      const std::optional<std::string_view> argument = take(argument_of(opcode));
      if (!argument || opcode == '.') break;
      see(opcode, *argument);
    }
    return std::move(found_);
  }

 private:
  std::optional<std::string_view> bytes(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::optional<std::string_view> sized(std::size_t width) {
    const std::optional<std::string_view> length = bytes(width);
    return length ? bytes(number_in(*length)) : std::nullopt;
  }

  std::optional<std::string_view> line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return taken;
  }

  std::optional<std::string_view> take(Argument argument) {
    switch (argument) {
      case Argument::none: return bytes(0);
      case Argument::one: return bytes(1);
      case Argument::two: return bytes(2);
      case Argument::four: return bytes(4);
      case Argument::eight: return bytes(8);
      case Argument::line: return line();
      case Argument::two_lines: return line() ? line() : std::nullopt;
      case Argument::sized_1: return sized(1);
      case Argument::sized_4: return sized(4);
      case Argument::sized_8: return sized(8);
      case Argument::unknown: break;
    }
    return std::nullopt;
  }

  /// Little-endian, up to eight bytes.
  static std::uint64_t number_in(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
    return number;
  }

  void see(char opcode, std::string_view argument) {
    if (is_text(opcode)) return add(argument);
    switch (opcode) {
      case '\x94': return remember(std::to_string(memo_size_++));
      case 'q':
      case 'r': return remember(std::to_string(number_in(argument)));
      case 'p': return remember(std::string(argument));
      case 'h':
      case 'j': return recall(std::to_string(number_in(argument)));
      case 'g': return recall(std::string(argument));
      case '\x95': return;  // a frame says only how much of the pickle comes next
      default: last_ = std::nullopt;
    }
  }

  void add(std::string_view text) {
    found_.push_back({text, last_.has_value()});
    last_ = text;
  }

  /// Only strings are kept, so the memo is never larger than what was found.
  void remember(const std::string& name) {
    if (last_)
      memo_[name] = *last_;
    else
      memo_.erase(name);
  }

  void recall(const std::string& name) {
    if (const auto known = memo_.find(name); known != memo_.end())
      add(known->second);
    else
      last_ = std::nullopt;
  }

  std::string_view rest_;
  std::size_t most_;
  std::vector<PickledString> found_;
  std::optional<std::string_view> last_;  ///< the string that was read last, with nothing but its memo behind it
  std::unordered_map<std::string, std::string_view> memo_;
  std::uint64_t memo_size_ = 0;
};

}  // namespace

bool is_pickle(std::string_view bytes) {
  return bytes.size() >= 3 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

std::vector<PickledString> pickled_strings(std::string_view pickle, std::size_t most) {
  return Reader(pickle, most).run();
}

}  // namespace queuetrace
