#include "model/json_slices.hpp"

#include <algorithm>

namespace queuetrace {
namespace {

/// Walks over the values of a text from front to back.
class Slicer {
 public:
  explicit Slicer(std::string_view text) : text_(text) {}

  /// Takes the character when it comes next.
  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  /// The value that comes next; empty when there is none or it does not end.
  std::string_view value() {
    skip_blanks();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    do {
      if (at_ >= text_.size()) return {};
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return {};
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return {};
        --depth;
        ++at_;
      } else if (depth > 0) {
        ++at_;
      } else {
        at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
      }
    } while (depth > 0);
    return text_.substr(begin, at_ - begin);
  }

 private:
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool skip_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        return ++at_, true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<std::pair<std::string_view, std::string_view>>> json_members(std::string_view text) {
  Slicer slicer(text);
  std::vector<std::pair<std::string_view, std::string_view>> members;
  if (!slicer.take('{')) return std::nullopt;
  if (slicer.take('}')) return members;
  do {
    const std::string_view name = slicer.value();
    if (!name.starts_with('"') || !slicer.take(':')) return std::nullopt;
    const std::string_view value = slicer.value();
    if (value.empty()) return std::nullopt;
    members.emplace_back(name, value);
  } while (slicer.take(','));
  if (!slicer.take('}')) return std::nullopt;
  return members;
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view text) {
  Slicer slicer(text);
  std::vector<std::string_view> elements;
  if (!slicer.take('[')) return std::nullopt;
  if (slicer.take(']')) return elements;
  do {
    const std::string_view value = slicer.value();
    if (value.empty()) return std::nullopt;
    elements.push_back(value);
  } while (slicer.take(','));
  if (!slicer.take(']')) return std::nullopt;
  return elements;
}

}  // namespace queuetrace
