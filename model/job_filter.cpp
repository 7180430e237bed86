#include "model/job_filter.hpp"

#include <tuple>

#include "model/filter_conditions.hpp"

namespace queuetrace {

bool JobFilter::empty() const {
  bool nothing = true;
  for_each_condition(*this, [&nothing](const auto&... condition) {
    nothing = nothing && std::get<sizeof...(condition) - 1>(std::tie(condition...)).empty();
  });
  return nothing;
}

std::string quoted_glob(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '*' || c == '?' ? std::string{'[', c, ']'} : std::string(1, c);
  return out;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size()) {
      const GlobStep step = glob_step(pattern, p);
      if (step.kind == GlobStep::Kind::any_text) {
        star = p++;
        star_text = t;
        continue;
      }
      if (step.kind == GlobStep::Kind::any_character || step.character == text[t]) {
        p += step.length;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace queuetrace
