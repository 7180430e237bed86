// A command that `top` leaves the screen for: it runs in the foreground as if typed in a shell, with its own plan, its
// own question and its own line in the audit log.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/top/row_list.hpp"

namespace queuetrace {

struct Errand {
  std::vector<std::string> words;           ///< arguments, without the program's name
  std::map<std::string, std::string> more;  ///< environment variables beside those there are
};

/// The words, in the source: by its name where it is configured, by the environment where it is not.
Errand errand_in(const Source* source, std::vector<std::string> words, const Context& context);

/// The selected source of this name; null: none.
const Source* source_named(const std::string& name, const Context& context);

/// Which of the systems of its source the row is of, as --system takes it: `bullmq@{eu}`; empty where the source holds
/// one.
std::string system_in_source(const ListedRow& row);

/// What names a queue's record on a command line: `--system` where its source holds several, then `--` and the name.
std::vector<std::string> queue_words(const ListedRow& row);

/// The jobs' refs as they are printed.
std::vector<std::string> job_words(const std::vector<const ListedRow*>& rows);

/// Words as typed: parted at blanks, with single and double quotes as in a shell. Nothing is expanded.
std::vector<std::string> typed_words(std::string_view line);

/// Runs the errand on the terminal of this process, which must not draw meanwhile. Signals from the keyboard reach only
/// the errand. Returns its exit code, 128 and the signal where one ended it, and -1 where it could not be started.
int run_errand(const Errand& errand, const Context& context);

}  // namespace queuetrace
