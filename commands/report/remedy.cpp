#include "commands/report/remedy.hpp"

#include <string_view>

#include "commands/report/command_line.hpp"
#include "commands/report/shell_word.hpp"

namespace queuetrace {

void name_source(Finding& finding, const Source& source, const Context& context) {
  constexpr std::string_view placeholder = " -s <source>";
  const std::vector<std::string> words = source_words(source, context);
  const std::string choice = words.empty() ? "" : " -s " + shell_word(words.back());
  for (std::size_t at = finding.remedy.find(placeholder); at != std::string::npos;
       at = finding.remedy.find(placeholder, at + choice.size()))
    finding.remedy.replace(at, placeholder.size(), choice);
}

std::vector<const Source*> sources_of_outcomes(const std::vector<OpenedSource>& sources) {
  std::vector<const Source*> found;
  for (const OpenedSource& source : sources)
    found.insert(found.end(), source.error ? 1 : source.stores.size(), &source.source);
  return found;
}

}  // namespace queuetrace
