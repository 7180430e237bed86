// How a failed run is reported: on stderr, everything in it made safe.
#pragma once

#include <ostream>

#include "model/error.hpp"

namespace queuetrace {

struct ErrorStyle {
  bool json = false;  ///< one object `{"error":{"code","exit","message","cause","notes","hint"}}` without what is empty
  bool color = false;
  int width = 0;  ///< cells of the terminal behind `messages`; 0: none, or unknown
};

/// Error, cause, notes and hint, one per line, or in as many lines as the terminal needs for each.
void report_error(std::ostream& messages, const Error& error, const ErrorStyle& style);

}  // namespace queuetrace
