// What a view of `top` asks: a command that reads, with its options, run inside the program. Its answer is what the
// command would have printed: records, or the text itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/context.hpp"
#include "model/error.hpp"

namespace queuetrace {

struct Question {
  std::string command;                                       ///< path in the catalogue: `job list`
  std::vector<std::pair<std::string, std::string>> options;  ///< `--queue` and its value, in order; a flag: `true`
  std::vector<std::string> sources = {};                     ///< names of those to ask; empty: all
  int text_width = 0;                                        ///< cells of the text that is wanted; 0: records

  friend bool operator==(const Question&, const Question&) = default;
};

struct Look {
  std::vector<Record> records;
  std::string text;                   ///< safe for a terminal; colours as SGR sequences
  std::vector<std::string> warnings;  ///< what was said on the side, warnings only
  std::optional<Error> error;         ///< the command failed: nothing else is there
  Timestamp at;                       ///< when it was complete
};

/// Runs the command with the sources, limits and clock of `context`; what it prints goes into the answer. `open` opens
/// stores in place of Context::open. Blocks as long as the command does; `stop` ends it between two statements. What
/// the command throws becomes Look::error.
Look answer_to(const Question& question, const Context& context,
               const std::function<std::vector<OpenedSource>(const std::vector<Source>&)>& open, std::stop_token stop);

}  // namespace queuetrace
