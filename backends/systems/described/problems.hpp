// What in a description does not fit the tables it is about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/error.hpp"

namespace queuetrace::described {

struct Problem {
  std::size_t line = 0;  ///< of the configuration file
  std::string text;      ///< `columns.queue: the table has no column for 'topc'`
  std::string hint = {};
};

/// Does `work`; an Error{usage} of it becomes a problem with `what`, and the others go on up.
template <typename Work>
void collect(std::vector<Problem>& problems, std::size_t line, const std::string& what, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    problems.push_back({line, what + ": " + error.what(), error.hint()});
  }
}

}  // namespace queuetrace::described
