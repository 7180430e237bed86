#include "commands/queue/wait_condition.hpp"

#include <algorithm>
#include <iterator>

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"
#include "model/page.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_page = 500;
constexpr std::uint64_t counted_at_most = 100;  // of jobs that should be gone: one is enough, more are for people
constexpr std::size_t most_samples = 5;
constexpr std::size_t most_alike = 10'000;  // jobs whose ids begin as the one waited for

/// Up to `most` jobs of every store that fit one of the filters, `kept` of them as samples.
WaitLook read(std::vector<OpenedSource>& sources, const std::vector<JobFilter>& filters, std::uint64_t most,
              std::size_t kept, const ReadLimits& limits) {
  struct Part {
    std::vector<Job> jobs;
    bool more = false;
    std::uint64_t count = 0, running = 0;
    std::uint64_t scanned = 0;
    std::optional<std::string> truncated;
    std::vector<std::string> warnings;
  };
  std::vector<Part> parts(outcome_count(sources));
  WaitLook look;
  look.outcomes = for_each_store(sources, [&](JobStore& store, std::size_t index) {
    Part& part = parts[index];
    for (const JobFilter& filter : filters) {
      JobQuery query;
      query.filter = filter;
      query.order = JobOrder::storage;
      query.limits = limits;
      while (part.count < most) {
        query.page_size = static_cast<std::size_t>(std::min<std::uint64_t>(largest_page, most - part.count));
        Page page = store.list(query);
        part.count += page.jobs.size();
        part.running += static_cast<std::uint64_t>(std::ranges::count(page.jobs, JobState::running, &Job::state));
        part.scanned = std::max(part.scanned, page.scanned);
        if (!part.truncated) part.truncated = page.truncated;
        part.more = part.more || (part.count >= most && (page.next || &filter != &filters.back()));
        for (Job& job : page.jobs)
          if (part.jobs.size() < kept) part.jobs.push_back(std::move(job));
        if (!query.after) std::ranges::move(page.warnings, std::back_inserter(part.warnings));
        if (!page.next || page.truncated) break;
        query.after = page.next;
      }
    }
  });
  for (std::size_t index = 0; index < parts.size(); ++index) {
    Part& part = parts[index];
    look.outcomes[index].scanned = part.scanned;
    look.outcomes[index].truncated = part.truncated;
    look.matching += part.count;
    look.running += part.running;
    look.more = look.more || part.more || part.truncated || look.outcomes[index].error || look.outcomes[index].unseen;
    look.warnings.insert(look.warnings.end(), part.warnings.begin(), part.warnings.end());
    for (Job& job : part.jobs)
      if (look.samples.size() < kept) look.samples.push_back(std::move(job));
  }
  return look;
}

bool same_letters(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, [&](char a, char b) { return lower(a) == lower(b); });
}

bool is_in(const std::vector<StateSelector>& states, const Job& job) {
  if (states.empty()) return is_finished(job.state);
  return std::ranges::any_of(states, [&](const StateSelector& selector) {
    return selector.state ? *selector.state == job.state
                          : job.native_state && same_letters(selector.word, job.native_state->raw());
  });
}

}  // namespace

bool WaitLook::any_failed() const {
  return std::ranges::any_of(outcomes, [](const SourceOutcome& outcome) { return outcome.error.has_value(); });
}

bool WaitLook::is_complete() const {
  return std::ranges::none_of(outcomes,
                              [](const SourceOutcome& outcome) { return outcome.error || outcome.incomplete(); });
}

WaitLook JobsCondition::look(std::vector<OpenedSource>& sources, const ReadLimits& limits) const {
  WaitLook look = read(sources, filters, wanted > 0 ? wanted : counted_at_most, most_samples, limits);
  look.met = wanted > 0 ? look.matching >= wanted : look.matching == 0 && look.is_complete();
  look.decided = look.met || look.is_complete() || (wanted == 0 && look.matching > 0);
  return look;
}

WaitLook JobCondition::look(std::vector<OpenedSource>& sources, const ReadLimits& limits) const {
  JobFilter filter;
  filter.ids = {job.id.raw()};
  WaitLook look = read(sources, {filter}, most_alike, most_alike, limits);
  // A prefix finds longer ids, and another source may have the same one.
  std::erase_if(look.samples, [&](const Job& one) { return one.ref.id != job.id || one.ref.source != job.source; });
  look.matching = look.samples.size();
  look.more = false;
  if (look.samples.empty()) {
    if (!look.is_complete()) return look;
    throw Error(ErrorKind::not_found, "job " + in_quotes(job.source + "/" + job.id.raw()) + " is gone")
        .with_hint("its queue may drop finished jobs; wait for --empty or --count instead");
  }
  look.decided = true;
  const auto is_as_wanted = [&](const Job& one) { return is_in(states, one); };
  look.met = std::ranges::all_of(look.samples, is_as_wanted);
  look.never =
      std::ranges::any_of(look.samples, [&](const Job& one) { return !is_as_wanted(one) && is_finished(one.state); });
  return look;
}

}  // namespace queuetrace
