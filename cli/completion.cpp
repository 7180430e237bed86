#include "cli/completion.hpp"

#include <sys/time.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "backends/systems/catalogue.hpp"
#include "cli/config.hpp"
#include "cli/live_words.hpp"
#include "cli/option_tree.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

constexpr int time_limit_us = 300'000;

bool is_safe(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return c < 0x80 &&
           (std::isalnum(c) || std::string_view("._:/@-").find(static_cast<char>(c)) != std::string_view::npos);
  });
}

const OptionDescription* find_option(const CommandDescription& command, const std::string& name) {
  for (const OptionDescription& option : command.options)
    if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
  return nullptr;
}

/// How far the finished words lead.
struct Place {
  const CommandDescription* command;
  const OptionDescription* awaiting = nullptr;  ///< an option that takes the next word as its value
  std::size_t positionals = 0;                  ///< positional words seen after the command
  bool options_ended = false;                   ///< after `--`
};

Place find_place(const CommandDescription& root, const std::vector<std::string>& words) {
  Place place{&root};
  for (const std::string& word : words) {
    if (place.awaiting != nullptr) {
      place.awaiting = nullptr;
    } else if (word == "--") {
      place.options_ended = true;
    } else if (!place.options_ended && word.starts_with("-")) {
      const OptionDescription* option = find_option(*place.command, word);
      if (option == nullptr) option = find_option(root, word);
      if (option != nullptr && !option->value.empty()) place.awaiting = option;
    } else {
      const std::string path = place.command->path.empty() ? word : place.command->path + " " + word;
      const CommandDescription* inner = place.command->commands.empty() ? nullptr : find_command(*place.command, path);
      if (inner != nullptr)
        place.command = inner;
      else
        ++place.positionals;
    }
  }
  return place;
}

std::vector<Candidate> source_candidates(const Configuration& configuration) {
  std::vector<Candidate> candidates;
  for (const Source& source : configuration.sources) candidates.push_back({source.name, "source"});
  for (const auto& [name, members] : configuration.groups) candidates.push_back({name, "group"});
  return candidates;
}

std::vector<Candidate> viewer_candidates(const Configuration& configuration) {
  std::vector<Candidate> candidates;
  for (const ViewerSettings& viewer : configuration.viewers) candidates.push_back({viewer.name, "viewer"});
  return candidates;
}

std::vector<Candidate> state_candidates(const Configuration& configuration) {
  std::vector<Candidate> candidates;
  for (const JobState state : all_job_states) candidates.push_back({std::string(to_word(state)), "state"});
  const Catalogue catalogue = catalogue_with(configuration.systems);
  for (const SystemInfo* system : catalogue.systems())
    for (const StateMapping& mapping : system->states)
      candidates.push_back({std::string(mapping.native), std::string(system->title)});
  return candidates;
}

std::vector<Candidate> system_candidates(const Configuration& configuration) {
  std::vector<Candidate> candidates;
  const Catalogue catalogue = catalogue_with(configuration.systems);
  for (const SystemInfo* system : catalogue.systems())
    candidates.push_back({std::string(system->name), std::string(system->title)});
  return candidates;
}

/// The words of a command line that stand before the one to complete, and how that one begins.
struct Typed {
  std::vector<std::string> before;
  std::string begun;
};

/// Values of an option or positional, by what it takes.
std::vector<Candidate> value_candidates(const CommandDescription& command, const OptionDescription& option,
                                        const Typed& typed, const Environment& environment) {
  if (const std::optional<LiveWords> words = live_words(command, option))
    return live_candidates(*words, command, typed.before, typed.begun, environment);
  switch (option.words) {
    case ValueWords::sources: return source_candidates(load_configuration(std::nullopt, environment));
    case ValueWords::viewers: return viewer_candidates(load_configuration(std::nullopt, environment));
    case ValueWords::states: return state_candidates(load_configuration(std::nullopt, environment));
    case ValueWords::systems: return system_candidates(load_configuration(std::nullopt, environment));
    case ValueWords::files: return {{":files", ""}};
    case ValueWords::formats:
    case ValueWords::none: break;
  }
  std::vector<Candidate> candidates;
  for (const std::string& choice : option.choices) candidates.push_back({choice, ""});
  if (option.words == ValueWords::formats)
    for (const FormatDescription& format : command.formats) candidates.push_back({format.name, format.summary});
  return candidates;
}

std::vector<Candidate> option_candidates(const CommandDescription& root, const CommandDescription& command) {
  std::vector<Candidate> candidates;
  const auto add = [&](const CommandDescription& from) {
    for (const OptionDescription& option : from.options)
      if (!option.positional)
        for (const std::string& name : option.names)
          if (name.starts_with("--")) candidates.push_back({name, option.summary});
  };
  add(command);
  if (&command != &root) add(root);
  return candidates;
}

std::vector<Candidate> word_candidates(const Place& place, const Typed& typed, const Environment& environment) {
  std::vector<Candidate> candidates;
  for (const CommandDescription& inner : place.command->commands) {
    std::string summary = inner.summary;
    for (const CommandDescription& verb : inner.commands)
      summary += (summary.empty() ? "" : ", ") + verb.path.substr(verb.path.rfind(' ') + 1);
    candidates.push_back({inner.path.substr(inner.path.rfind(' ') + 1), summary});
  }
  std::size_t number = 0;
  for (const OptionDescription& option : place.command->options) {
    if (!option.positional) continue;
    if (number == place.positionals || (option.repeatable && number < place.positionals))
      return value_candidates(*place.command, option, typed, environment);
    ++number;
  }
  return candidates;
}

/// The safe candidates that go on from `current`, each once, after the `prefix` that stays.
std::vector<Candidate> offered(std::vector<Candidate> candidates, const std::string& prefix,
                               const std::string& current) {
  std::vector<Candidate> result;
  std::set<std::string> seen;
  std::string letters = prefix;
  std::erase_if(letters, [](char c) { return c == '=' || c == ','; });
  if (!letters.empty() && !is_safe(letters)) return result;
  for (Candidate& candidate : candidates) {
    if (!seen.insert(candidate.word).second) continue;
    if (candidate.word == ":files")
      result.push_back(std::move(candidate));
    else if (is_safe(candidate.word) && (prefix + candidate.word).starts_with(current))
      result.push_back({prefix + candidate.word, std::move(candidate.summary)});
  }
  return result;
}

}  // namespace

std::vector<Candidate> complete(const std::vector<std::string>& words, const Environment& environment) {
  const CommandDescription root = describe_program();
  const std::string current = words.empty() ? std::string() : words.back();
  Typed typed{words.empty() ? words : std::vector<std::string>(words.begin(), words.end() - 1), current};
  const Place place = find_place(root, typed.before);
  std::string prefix;  // what of the current word stays as it is
  std::vector<Candidate> candidates;
  const OptionDescription* option = place.awaiting;
  const std::size_t equals = current.find('=');
  if (option == nullptr && !place.options_ended && current.starts_with("--") && equals != std::string::npos) {
    option = find_option(*place.command, current.substr(0, equals));
    if (option == nullptr) option = find_option(root, current.substr(0, equals));
    if (option == nullptr) return {};
    prefix = current.substr(0, equals + 1);
  }
  if (option != nullptr) {
    const std::size_t comma = current.rfind(',');  // lists: the last element
    if (comma != std::string::npos) prefix = current.substr(0, comma + 1);
    typed.begun = current.substr(prefix.size());
    candidates = value_candidates(*place.command, *option, typed, environment);
  } else if (!place.options_ended && current.starts_with("-")) {
    candidates = option_candidates(root, *place.command);
  } else {
    candidates = word_candidates(place, typed, environment);
  }
  return offered(std::move(candidates), prefix, current);
}

void print_completions(const std::vector<std::string>& words, const Environment& environment, std::ostream& out) {
  const struct itimerval limit {
    {}, { 0, time_limit_us }
  };
  ::setitimer(ITIMER_REAL, &limit, nullptr);  // a home folder or server that does not answer must not hold the prompt
  for (const Candidate& candidate : complete(words, environment)) {
    out << candidate.word;
    if (!candidate.summary.empty()) out << '\t' << candidate.summary;
    out << '\n';
  }
  out.flush();
}

}  // namespace queuetrace
