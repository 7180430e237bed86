// Finds any of several texts in one pass over the bytes that skips most of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// Block shifts after Wu and Manber: with texts of 12 bytes it reads about every eleventh byte.
class TextSearch {
 public:
  struct Text {
    std::string text;       ///< not empty; lower case when `any_case`
    bool any_case = false;  ///< ASCII letters match in either case
  };

  /// `texts` must not be empty.
  explicit TextSearch(std::vector<Text> texts);

  /// Whether `bytes` contains one of the texts. Cost: linear in the bytes at worst, usually a fraction of that.
  bool found_in(std::string_view bytes) const;

  /// Length of the shortest text; the search is faster the longer it is.
  std::size_t shortest() const { return shortest_; }

 private:
  bool any_at(std::string_view bytes, std::size_t position) const;

  std::vector<Text> texts_;
  std::size_t shortest_ = 0;
  std::vector<std::uint8_t> shift_;  ///< by hash of two neighbouring bytes; empty when a text has only one byte
};

}  // namespace queuetrace
