#include "model/job_filter.hpp"

namespace queuetrace {

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      const bool quoted = pattern[p] == '\\' && p + 1 < pattern.size();
      const char wanted = quoted ? pattern[p + 1] : pattern[p];
      if ((!quoted && wanted == '?') || wanted == text[t]) {
        p += quoted ? 2 : 1;
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
