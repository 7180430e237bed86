// What a change is about, before the question whether to make it: one fact per line, or as many as the terminal needs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/table_view.hpp"

namespace queuetrace {

class FactLines {
 public:
  /// `width`: cells of the terminal that will show them; 0: unknown, taken for 80. `headline`: the line above them,
  /// escaped already, bold with the mark of a protected source; empty: none.
  explicit FactLines(int width, std::string_view headline = {});

  /// Adds `name  value` in our own words, in which commands are there to be run. Everything in it is escaped already,
  /// or our own. A name that is empty continues the fact before. `color`: of the name, where colours are shown.
  void add(std::string_view name, std::string_view value, std::string_view color = {});
  /// Adds a value that others have given: names, ids, filters, escaped already.
  void add_given(std::string_view name, std::string_view value);

  /// Every line ends in a line feed.
  const std::vector<Phrase>& phrases() const { return phrases_; }

 private:
  void append(std::string_view name, std::string_view value, bool ours, std::string_view color);

  std::size_t width_;
  std::vector<Phrase> phrases_;
};

}  // namespace queuetrace
