#include "formatters/name_cuts.hpp"

#include "formatters/unicode.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_names = 100'000;

}  // namespace

std::string cut_in_middle(std::string_view name, std::size_t width, std::string_view ellipsis) {
  if (unicode::display_width(name) <= width) return std::string(name);
  const std::size_t mark = unicode::display_width(ellipsis);
  if (width <= mark) return std::string(unicode::head_of_width(ellipsis, width));
  const std::size_t room = width - mark;
  const std::string_view head = unicode::head_of_width(name, room * 3 / 7);
  const std::string_view tail = unicode::tail_of_width(name.substr(head.size()), room - unicode::display_width(head));
  return std::string(head) + std::string(ellipsis) + std::string(tail);
}

bool stay_different(const std::vector<std::string>& names, std::size_t width, std::string_view ellipsis) {
  std::set<std::string> shown;
  for (const std::string& name : names)
    if (!shown.insert(cut_in_middle(name, width, ellipsis)).second) return false;
  return true;
}

const std::string& NameCuts::cut(const std::string& name, std::size_t width) {
  const auto known = shown_.find(name);
  if (known != shown_.end() && unicode::display_width(known->second) <= width) return known->second;
  std::string shown = cut_in_middle(name, width, ellipsis_);
  for (std::size_t number = 2; taken_.contains(shown) && shown_.size() < most_names; ++number) {
    const std::string mark = "~" + std::to_string(number);
    if (mark.size() >= width) break;
    shown = cut_in_middle(name, width - mark.size(), ellipsis_) + mark;
  }
  if (shown_.size() >= most_names) {
    last_ = std::move(shown);
    return last_;
  }
  taken_.insert(shown);
  return shown_[name] = std::move(shown);
}

}  // namespace queuetrace
