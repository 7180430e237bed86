#include "commands/change/write_target.hpp"

#include <algorithm>

#include "backends/same_place.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/suggestion.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

std::vector<std::string> names_of(const std::vector<Source>& sources) {
  std::vector<std::string> names;
  for (const Source& source : sources) names.push_back(source.name);
  return names;
}

/// The source all refs name; nullptr when none of them names one.
const Source* source_of_refs(const std::vector<std::string>& refs, const Context& context) {
  const Source* chosen = nullptr;
  for (const std::string& ref : refs) {
    const Source* named = named_source(ref, context);
    if (named == nullptr) continue;
    if (chosen != nullptr && chosen->name != named->name)
      throw Error(ErrorKind::usage, "one command changes one source, but these jobs belong to " +
                                        joined(std::vector<std::string>{chosen->name, named->name}, " and "))
          .with_hint("run it once for each source");
    chosen = named;
  }
  return chosen;
}

/// What tells the store from the others of its source: `bullmq`, `bullmq@{eu}` where there are several installations.
std::string name_in(const Source& source, const JobStore& store) {
  const bool is_told =
      store.address().size() > source.name.size() + 1 && store.address().starts_with(source.name + "/");
  return is_told ? store.address().substr(source.name.size() + 1) : std::string(store.system().name);
}

/// Where it is said that the source is read-only: where it comes from, or of a URL the configured source of its place.
std::string said_in(const Source& source, const Context& context) {
  const std::vector<Source>& configured = context.configuration.sources;
  const auto is_it = [&](const Source& known) { return source.origin.starts_with(known.origin); };
  const auto is_twin = [&](const Source& known) { return known.read_only && is_same_place(source, known); };
  if (std::ranges::any_of(configured, is_it)) return source.origin;
  const auto twin = std::ranges::find_if(configured, is_twin);
  return twin == configured.end() ? source.origin : twin->origin + ", which is the same place";
}

const Source& writable(const Source& source, const Context& context) {
  if (source.read_only)
    throw Error(ErrorKind::refused, "source '" + source.name + "' is read_only in " + said_in(source, context))
        .with_hint("change it there, or use a source that may be written to");
  return source;
}

/// The source of this masked URL, of several the one of the name; nullptr when there is none.
const Source* with_target(const std::string& name, const std::string& masked_target,
                          const std::vector<Source>& sources) {
  const Source* found = nullptr;
  for (const Source& source : sources)
    if (masked_url(source.url.reveal()) == masked_target && (found == nullptr || source.name == name)) found = &source;
  return found;
}

bool names_system(const std::string& ref, const JobStore& store) {
  return ref.size() > store.address().size() + 1 && ref.starts_with(store.address() + "/");
}

}  // namespace

Source choose_source(const std::vector<std::string>& refs, const std::string& preferred, const Context& context) {
  const Source* chosen = source_of_refs(refs, context);
  if (chosen == nullptr && context.sources.size() == 1) chosen = &context.sources.front();
  if (chosen == nullptr && !preferred.empty())
    for (const std::vector<Source>* sources : {&context.sources, &context.configuration.sources})
      for (const Source& source : *sources)
        if (chosen == nullptr && source.name == preferred) chosen = &source;
  if (chosen == nullptr) {
    const std::vector<Source>& selected = context.required_sources();
    throw Error(ErrorKind::usage, "one command changes one source, but " + std::to_string(selected.size()) +
                                      " are selected: " + joined(names_of(selected)))
        .with_hint("choose one with --source");
  }
  return writable(*chosen, context);
}

Source place_of_change(const std::string& name, const std::string& masked_target, const std::vector<std::string>& go_on,
                       const Context& context) {
  const std::vector<Source>& configured = context.configuration.sources;
  const Source* found = with_target(name, masked_target, context.sources);
  if (found == nullptr && !chooses_source(context)) found = with_target(name, masked_target, configured);
  if (found != nullptr) return *found;
  const Source* elsewhere = with_target(name, masked_target, configured);
  std::vector<std::string> words = go_on;
  words.insert(words.end(), {"--source", elsewhere != nullptr ? elsewhere->name : masked_target});
  throw Error(ErrorKind::refused, "the change was made in source " + in_quotes(name) + ", " + in_quotes(masked_target) +
                                      (context.sources.empty() ? "" : ", not in " + joined(names_of(context.sources))) +
                                      "; nothing was changed")
      .with_hint(command_of(words));
}

Source source_of_change(const std::string& name, const std::string& masked_target,
                        const std::vector<std::string>& go_on, const Context& context) {
  return writable(place_of_change(name, masked_target, go_on, context), context);
}

WriteTarget open_target(const Source& source, const std::string& system, const std::vector<std::string>& refs,
                        const Context& context) {
  WriteTarget target{context.open_to_write(source), nullptr};
  const std::vector<std::unique_ptr<JobStore>>& stores = target.opened.stores;
  std::vector<std::string> systems;
  for (const std::unique_ptr<JobStore>& store : stores) {
    const std::string name = name_in(source, *store);
    systems.push_back(name);
    const bool by_ref =
        std::any_of(refs.begin(), refs.end(), [&](const std::string& ref) { return names_system(ref, *store); });
    const bool wanted = system.empty() ? stores.size() == 1 || by_ref : is_called(*store, system, source);
    if (!wanted) continue;
    if (target.store != nullptr)
      throw Error(ErrorKind::usage, "one command changes one queue system, but these jobs belong to several")
          .with_hint("run it once for each: --system " + name_in(source, *target.store) + ", --system " + name);
    target.store = store.get();
  }
  if (target.store != nullptr) return target;
  if (system.empty())
    throw Error(ErrorKind::usage, "source '" + source.name + "' holds several queue systems: " + joined(systems))
        .with_hint("choose one with --system, or write jobs as " + stores.front()->address() + "/ID");
  throw Error(ErrorKind::usage, "source '" + source.name + "' holds no " + in_quotes(system))
      .with_hint("it holds " + joined(systems));
}

std::string store_of_change(const std::string& address, const std::string& source, const std::string& system) {
  return address.starts_with(source + "/") ? address.substr(source.size() + 1) : system;
}

bool is_called(const JobStore& store, const std::string& system, const Source& source) {
  return system == name_in(source, store) || system == store.system().name || system == store.address();
}

}  // namespace queuetrace
