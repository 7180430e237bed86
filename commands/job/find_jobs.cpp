#include "commands/job/find_jobs.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "commands/filter/input_lines.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/pasted_id.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_candidates = 20;

bool begins_with_name(std::string_view typed, std::string_view name) {
  return typed.size() > name.size() + 1 && typed.starts_with(name) && typed[name.size()] == '/';
}

/// The argument without what was copied around it, where only that begins with a source's name; else as it was typed:
/// an id may begin or end with a blank or a quotation mark.
std::string with_source_in_front(const std::string& typed, const Context& context) {
  if (named_source(typed, context) != nullptr) return typed;
  std::string pasted = as_pasted(typed);
  return named_source(pasted, context) != nullptr ? pasted : typed;
}

/// The sources to open: those the arguments name, and all selected ones when one argument names none.
std::vector<Source> needed_sources(const std::vector<std::string>& arguments, const Context& context) {
  std::vector<const Source*> named;
  bool all = false;
  for (const std::string& typed : arguments) {
    const Source* source = named_source(with_source_in_front(typed, context), context);
    if (source == nullptr)
      all = true;
    else if (std::none_of(named.begin(), named.end(), [&](const Source* one) { return one->name == source->name; }))
      named.push_back(source);
  }
  std::vector<Source> needed;
  if (all) needed = context.required_sources();
  for (const Source* source : named)
    if (std::none_of(needed.begin(), needed.end(), [&](const Source& one) { return one.name == source->name; }))
      needed.push_back(*source);
  return needed;
}

/// The id an argument asks this store for; empty when it names another store.
std::string id_for(const std::string& argument, const Context& context, const JobStore& store) {
  const std::string typed = with_source_in_front(argument, context);
  if (begins_with_name(typed, store.address())) return typed.substr(store.address().size() + 1);
  const Source* source = named_source(typed, context);
  if (source == nullptr) return typed;
  // `name/ID` asks every system of the source; `name/system/ID` was tried above as an address.
  const bool of_source = store.address() == source->name || begins_with_name(store.address() + "/x", source->name);
  return of_source ? typed.substr(source->name.size() + 1) : "";
}

/// How many different ids the jobs have.
std::size_t different_ids(const std::vector<Job>& jobs) {
  std::set<std::string> ids;
  for (const Job& job : jobs) ids.insert(job.ref.id.raw());
  return ids.size();
}

FoundJob decide(const std::string& typed, std::vector<Match>& of_stores, IdMatch wanted) {
  FoundJob found;
  found.typed = typed;
  std::vector<Job> whole, pasted, longer;
  for (Match& match : of_stores) {
    std::ranges::move(match.whole, std::back_inserter(whole));
    std::ranges::move(match.pasted, std::back_inserter(pasted));
    std::ranges::move(match.longer, std::back_inserter(longer));
  }
  std::vector<Job>& fitting = !whole.empty() ? whole : !pasted.empty() ? pasted : longer;
  found.whole_wanted = whole.empty() && wanted == IdMatch::whole;
  found.by_prefix = &fitting == &longer;
  const std::size_t ids = different_ids(fitting);
  if (ids == 1 && !found.whole_wanted) {
    found.jobs = std::move(fitting);
    return found;
  }
  found.fits = ids;
  std::set<std::pair<std::string, std::string>> listed;
  for (const Job& job : fitting)
    if (found.candidates.size() < most_candidates && listed.emplace(job.ref.source, job.ref.id.raw()).second)
      found.candidates.push_back(job.ref);
  return found;
}

bool is_complete(const std::vector<SourceOutcome>& outcomes) {
  return std::none_of(outcomes.begin(), outcomes.end(),
                      [](const SourceOutcome& outcome) { return outcome.error || outcome.incomplete(); });
}

/// Why an argument means no single job.
Error missing(const FoundJob& found, const JobSearch& search) {
  if (!found.candidates.empty()) {
    std::vector<std::string> refs;
    for (const JobRef& ref : found.candidates) refs.push_back(ref.source + "/" + terminal_text(ref.id, Profile::ident));
    if (found.fits > found.candidates.size()) refs.push_back("...");
    if (found.whole_wanted)
      return Error(ErrorKind::not_found, "no job " + in_quotes(found.typed))
          .with_hint("what is confirmed beforehand (--yes, --confirm) names whole IDs" +
                     std::string(found.by_prefix ? "; these begin with it: " : ", each byte of them: ") + joined(refs));
    return Error(ErrorKind::not_found, in_quotes(found.typed) + " matches " + count_words(found.fits, "job") +
                                           (is_complete(search.outcomes) ? "" : " at least"))
        .with_hint("give more of the ID: " + joined(refs));
  }
  const std::string searched = answered(search.outcomes);
  Error error(ErrorKind::not_found,
              "no job " + in_quotes(found.typed) + (searched.empty() ? " found" : " in " + searched));
  if (found.typed.size() < shortest_prefix) error.with_hint(prefix_hint);
  const std::size_t slash = found.typed.find('/');
  if (slash != std::string::npos && std::none_of(search.sources.begin(), search.sources.end(), [&](const auto& source) {
        return begins_with_name(found.typed, source.source.name);
      }))
    error.with_hint("no source is called " + in_quotes(found.typed.substr(0, slash)) +
                    "; `queuetrace source list` lists them");
  return error;
}

}  // namespace

const Source* named_source(std::string_view typed, const Context& context) {
  const Source* best = nullptr;
  for (const std::vector<Source>* sources : {&context.sources, &context.configuration.sources})
    for (const Source& source : *sources)
      if (begins_with_name(typed, source.name) && (best == nullptr || source.name.size() > best->name.size()))
        best = &source;
  return best;
}

std::vector<const Job*> JobSearch::jobs() const {
  std::vector<const Job*> all;
  for (const FoundJob& one : found)
    for (const Job& job : one.jobs) all.push_back(&job);
  return all;
}

bool JobSearch::all_found() const {
  return std::none_of(found.begin(), found.end(), [](const FoundJob& one) { return one.jobs.empty(); });
}

JobSearch find_jobs(const std::vector<std::string>& arguments, const Context& context, bool payload,
                    const FurtherQuestions& further) {
  std::vector<Source> sources = arguments.empty() ? context.required_sources() : needed_sources(arguments, context);
  return find_jobs_in(context.open(sources), arguments, context, payload, IdMatch::prefix, further);
}

JobSearch find_jobs_in(std::vector<OpenedSource> sources, const std::vector<std::string>& arguments,
                       const Context& context, bool payload, IdMatch match, const FurtherQuestions& further) {
  JobSearch search;
  search.sources = std::move(sources);
  std::vector<Answer> answers(outcome_count(search.sources));
  search.outcomes = for_each_store(search.sources, [&](JobStore& store, std::size_t index) {
    std::vector<Readings> asked;
    for (const std::string& typed : arguments) asked.push_back(readings_of(id_for(typed, context, store)));
    read_matches(store, asked, further, context, payload, answers[index]);
  });
  for (std::size_t index = 0; index < answers.size(); ++index) {
    Answer& answer = answers[index];
    search.outcomes[index].scanned = answer.outcome.scanned;
    search.outcomes[index].truncated = answer.outcome.truncated;
    std::ranges::move(answer.warnings, std::back_inserter(search.warnings));
    std::ranges::move(answer.further, std::back_inserter(search.further));
  }
  for (std::size_t argument = 0; argument < arguments.size(); ++argument) {
    std::vector<Match> of_stores;
    for (Answer& answer : answers)
      if (!answer.matches.empty()) of_stores.push_back(std::move(answer.matches[argument]));
    search.found.push_back(decide(arguments[argument], of_stores, match));
  }
  return search;
}

ExitCode report_missing(const JobSearch& search, Notices& notices) {
  if (search.all_found()) return ExitCode::done;
  const bool complete = is_complete(search.outcomes);
  if (search.found.size() == 1 && complete) throw missing(search.found.front(), search);
  bool nothing_at_all = true;
  for (const FoundJob& found : search.found) {
    if (found.jobs.empty()) notices.warning(one_line(missing(found, search)));
    nothing_at_all = nothing_at_all && found.jobs.empty();
  }
  if (complete) return ExitCode::not_found;
  const ExitCode failure = exit_code_of(search.outcomes);
  return nothing_at_all ? failure : ExitCode::partial;
}

std::vector<std::string> with_standard_input(const std::vector<std::string>& arguments, const Context& context) {
  std::vector<std::string> all;
  for (const std::string& argument : arguments) {
    if (argument == "-")
      for (std::string& line : input_lines(context.in, "job ids")) all.push_back(std::move(line));
    else
      all.push_back(argument);
  }
  if (all.empty())
    throw Error(ErrorKind::usage, "no job ID given")
        .with_hint("give IDs, or - to read them from standard input, one per line");
  if (std::any_of(all.begin(), all.end(), [](const std::string& id) { return id.empty(); }))
    throw Error(ErrorKind::usage, "a job ID cannot be empty");
  return all;
}

}  // namespace queuetrace
