// What in a description does not fit the tables it is about: `columns.queue: the table has no column for 'topc'`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/configuration.hpp"
#include "model/error.hpp"

namespace queuetrace::described {

/// Does `work`; an Error{usage} of it becomes a problem with `what`, and the others go on up.
template <typename Work>
void collect(std::vector<ConfigurationProblem>& problems, std::size_t line, const std::string& what, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    problems.push_back({line, what + ": " + error.what(), error.hint()});
  }
}

}  // namespace queuetrace::described
