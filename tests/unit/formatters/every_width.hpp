// Tables as terminals of every width show them.
#pragma once

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "formatters/unicode.hpp"
#include "tests/unit/formatters/formatted.hpp"

namespace queuetrace::testing {

/// Every width, or each `step` from the least on, and both alphabets: no line is wider than the terminal.
inline void check_widths(const Heading& heading, const std::vector<Record>& records, int least = 60, int step = 1) {
  for (const bool ascii : {false, true})
    for (int width = least; width <= 200; width += step) {
      std::ostringstream out;
      FormatterOptions options;
      options.terminal = true;
      options.width = width;
      options.ascii = ascii;
      options.now = now;
      const auto formatter = find_output_format("table")->make(out, options);
      formatter->begin(heading);
      for (const Record& record : records) formatter->row(record);
      formatter->end({});
      std::istringstream lines(out.str());
      std::size_t count = 0;
      for (std::string line; std::getline(lines, line); ++count) {
        CAPTURE(line);
        CHECK(unicode::display_width(line) <= static_cast<std::size_t>(width));
      }
      CHECK(count > records.size());
    }
}

}  // namespace queuetrace::testing
