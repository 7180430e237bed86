#include "commands/report/remedy.hpp"

#include <string_view>

#include "commands/report/shell_word.hpp"

namespace queuetrace {

void name_source(Finding& finding, const std::string& source) {
  constexpr std::string_view placeholder = "<source>";
  for (std::size_t at = finding.remedy.find(placeholder); at != std::string::npos;
       at = finding.remedy.find(placeholder, at)) {
    const std::string word = shell_word(source);
    finding.remedy.replace(at, placeholder.size(), word);
    at += word.size();
  }
}

std::vector<std::string> source_names(const std::vector<OpenedSource>& sources) {
  std::vector<std::string> names;
  for (const OpenedSource& source : sources)
    names.insert(names.end(), source.error ? 1 : source.stores.size(), source.source.name);
  return names;
}

}  // namespace queuetrace
