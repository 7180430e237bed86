#include "commands/change/named_jobs.hpp"

#include <algorithm>
#include <utility>

#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"

namespace queuetrace {

std::optional<NamedJobs> find_named(const std::vector<std::string>& typed, IdMatch match, WriteTarget& target,
                                    Context& context) {
  std::vector<OpenedSource> sources;
  sources.push_back(std::move(target.opened));
  JobSearch search = find_jobs_in(std::move(sources), typed, context, false, match);
  target.opened = std::move(search.sources.front());
  throw_only_failure(search.outcomes);
  report_outcomes(search.outcomes, search.warnings, context.notices);
  const ExitCode missing = report_missing(search, context.notices);
  NamedJobs named;
  if (missing != ExitCode::done) {
    context.notices.warning("nothing was changed");
    return std::nullopt;
  }
  for (const FoundJob& found : search.found) {
    const std::size_t before = named.ids.size();
    for (const Job& job : found.jobs)
      if (job.ref.source == target.store->address()) named.ids.insert(job.ref.id.raw());
    const bool elsewhere = named.ids.size() == before && found.jobs.front().ref.source != target.store->address();
    if (elsewhere)
      throw Error(ErrorKind::not_found, in_quotes(found.typed) + " is a job of " + found.jobs.front().ref.source +
                                            " and not of " + target.store->address() + "; nothing was changed");
    if (!found.by_prefix) continue;
    named.by_prefix = true;
    std::ranges::replace(context.arguments, found.typed,
                         target.store->address() + "/" + terminal_text(found.jobs.front().ref.id, Profile::ident));
  }
  return named;
}

}  // namespace queuetrace
