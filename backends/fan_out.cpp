#include "backends/fan_out.hpp"

#include <thread>

#include "backends/attempt.hpp"
#include "backends/open.hpp"

namespace queuetrace {
namespace {

/// Runs `work(index)` for 0..count-1, each in a thread of its own when there is more than one.
template <typename Work>
void side_by_side(std::size_t count, Work&& work) {
  if (count == 1) {
    work(std::size_t{0});
    return;
  }
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (std::size_t index = 0; index < count; ++index) threads.emplace_back([&work, index] { work(index); });
}

std::size_t outcomes_of(const OpenedSource& source) { return source.error ? 1 : source.stores.size(); }

}  // namespace

std::optional<std::string> SourceOutcome::incomplete() const {
  if (truncated && unseen) return *truncated + "; " + *unseen;
  return truncated ? truncated : unseen;
}

std::optional<std::string> unseen_in(JobStore& store) {
  SourceOutcome outcome;
  tell_unseen(store, outcome);
  return outcome.unseen;
}

void tell_unseen(JobStore& store, SourceOutcome& outcome) {
  for (const Finding& finding : store.unseen()) {
    const bool is_unread = finding.severity > Finding::Severity::note;
    std::optional<std::string>& told = is_unread ? outcome.unseen : outcome.unsearched;
    told = told ? *told + "; " + finding.text : finding.text;
  }
}

std::vector<OpenedSource> open_sources(const std::vector<Source>& sources, const Catalogue& catalogue) {
  std::vector<OpenedSource> opened(sources.size());
  side_by_side(sources.size(), [&](std::size_t index) {
    OpenedSource& slot = opened[index];
    slot.source = sources[index];
    const Clock::time_point start = Clock::now();
    slot.error = attempt([&] { slot.stores = open_stores(slot.source, Access::read, catalogue); });
    slot.elapsed = since(start);
  });
  if (opened.size() == 1 && opened.front().error) throw *opened.front().error;
  return opened;
}

OpenedSource open_for_writing(const Source& source, const Catalogue& catalogue) {
  OpenedSource opened;
  opened.source = source;
  const Clock::time_point start = Clock::now();
  opened.stores = open_stores(source, Access::write, catalogue);
  opened.elapsed = since(start);
  return opened;
}

std::vector<OpenedSource> open_sources(const std::vector<Source>& sources) {
  return open_sources(sources, built_in_catalogue());
}

OpenedSource open_for_writing(const Source& source) { return open_for_writing(source, built_in_catalogue()); }

std::size_t outcome_count(const std::vector<OpenedSource>& sources) {
  std::size_t total = 0;
  for (const OpenedSource& source : sources) total += outcomes_of(source);
  return total;
}

std::vector<SourceOutcome> for_each_store(std::vector<OpenedSource>& sources,
                                          const std::function<void(JobStore&, std::size_t)>& ask) {
  std::vector<std::size_t> first;  // the index of each source's first outcome
  for (std::size_t total = 0; const OpenedSource& source : sources) {
    first.push_back(total);
    total += outcomes_of(source);
  }
  std::vector<SourceOutcome> outcomes(outcome_count(sources));
  side_by_side(sources.size(), [&](std::size_t index) {
    OpenedSource& source = sources[index];
    if (source.error) {
      outcomes[first[index]].address = source.source.name;
      outcomes[first[index]].error = source.error;
      outcomes[first[index]].elapsed = source.elapsed;
      return;
    }
    for (std::size_t store = 0; store < source.stores.size(); ++store) {
      SourceOutcome& outcome = outcomes[first[index] + store];
      JobStore& job_store = *source.stores[store];
      outcome.address = job_store.address();
      outcome.system = job_store.system().name;
      const Clock::time_point start = Clock::now();
      outcome.error = attempt([&] {
        ask(job_store, first[index] + store);
        tell_unseen(job_store, outcome);
      });
      outcome.elapsed = since(start);
    }
  });
  return outcomes;
}

}  // namespace queuetrace
