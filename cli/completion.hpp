// What the shells' completion scripts ask for: `queuetrace __complete WORD...`. Reads the configuration and, for words
// that stand in stores, the sources (cli/live_words.hpp), writes nothing, runs nothing, says nothing of what fails, and
// ends within 300 ms.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cli/config_file.hpp"

namespace queuetrace {

struct Candidate {
  std::string word;
  std::string summary;
};

/// What may stand in place of the last of `words` (the words after the program's name; the last one may be empty).
/// Only words of [A-Za-z0-9._:/@-] are offered (docs/threats.md K01, K02). A single `:files` asks the shell for file
/// names.
std::vector<Candidate> complete(const std::vector<std::string>& words, const Environment& environment);

/// One candidate per line, `word` or `word<TAB>summary`.
void print_completions(const std::vector<std::string>& words, const Environment& environment, std::ostream& out);

}  // namespace queuetrace
