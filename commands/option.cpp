#include "commands/option.hpp"

#include <algorithm>

namespace queuetrace {

std::vector<std::string> comma_list(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    words.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

std::vector<std::string> names_of(const OptionFacts& facts) { return comma_list(facts.names); }

bool has_name(const OptionFacts& facts, std::string_view name) {
  for (const std::string_view list : {facts.names, facts.old_names})
    if (const std::vector<std::string> names = comma_list(list); std::ranges::find(names, name) != names.end())
      return true;
  return false;
}

std::string message_name(const OptionFacts& facts) {
  const std::vector<std::string> names = names_of(facts);
  const auto is_long = [](const std::string& name) { return name.starts_with("--"); };
  const auto found = std::ranges::find_if(names, is_long);
  return found == names.end() ? names.front() : *found;
}

bool is_argument(const OptionFacts& facts) { return !facts.names.starts_with('-'); }

bool is_flag(const OptionFacts& facts) { return facts.value.empty() && !is_argument(facts); }

}  // namespace queuetrace
