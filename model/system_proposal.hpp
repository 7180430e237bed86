// A description that was made by looking at a table, to be read and corrected by whoever knows it.
#pragma once

#include <string>
#include <vector>

#include "model/system_description.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

struct SystemProposal {
  SystemDescription description;  ///< of one table; names and words in it are the database's
  std::vector<std::string> open;  ///< what to decide, in our own words
  /// Words of the state column whose state nobody can tell, the most frequent first.
  std::vector<Untrusted> unknown_words;
  std::size_t sampled = 0;  ///< how many rows were looked at
};

}  // namespace queuetrace
