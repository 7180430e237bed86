#include "formatters/attention.hpp"

#include "formatters/cell.hpp"

namespace queuetrace {
namespace {

bool says_something(std::string_view text) { return !text.empty() && text != "0" && text != "no"; }

}  // namespace

std::string_view color_of_cell(Attention attention, std::string_view text, const Milliseconds* age,
                               const AgeLimits& limits) {
  switch (attention) {
    case Attention::none: return {};
    case Attention::state: return color_of("state", text);
    case Attention::failures: return says_something(text) ? red : std::string_view();
    case Attention::doubts: return says_something(text) ? yellow : std::string_view();
    case Attention::oldest:
      if (age == nullptr || *age <= limits.warn) return {};
      return *age > limits.alert ? red : yellow;
  }
  return {};
}

std::vector<Phrase> headline_phrases(const std::string& text) {
  const std::string mark = ", PROTECTED";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return {{text, bold}};
  std::vector<Phrase> phrases{{text.substr(0, at + 2), bold}, {mark.substr(2), protected_mark}};
  if (at + mark.size() < text.size()) phrases.push_back({text.substr(at + mark.size()), bold});
  return phrases;
}

}  // namespace queuetrace
