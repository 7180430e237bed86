// Every system: each word that it prints as the state of a job finds, counts and waits for the jobs that it calls so.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "commands/filter/check.hpp"
#include "commands/job/job_total.hpp"
#include "model/letter_case.hpp"
#include "tests/conformance/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// The fixture's stores as a command has them.
std::vector<OpenedSource> opened(LoadedFixture& loaded) {
  std::vector<OpenedSource> sources(1);
  sources.front().source = loaded.source();
  sources.front().stores = loaded.open_again();
  return sources;
}

/// A word without the quotes that a library may store around it.
std::string_view bare(std::string_view word) {
  while (word.starts_with('"')) word.remove_prefix(1);
  while (word.ends_with('"')) word.remove_suffix(1);
  return word;
}

bool is_called(const Job& job, std::string_view word) {
  return job.native_state && equal_ignoring_case(bare(job.native_state->raw()), bare(word));
}

/// Whether the word is ours as well, and the system has it for jobs in our state of that word.
bool has_our_meaning(const std::vector<Job>& jobs, std::string_view word, const std::optional<JobState>& state) {
  return state && equal_ignoring_case(to_word(*state), bare(word)) &&
         std::ranges::any_of(jobs, [&](const Job& job) { return is_called(job, word) && job.state == *state; });
}

std::string ids(const std::vector<Job>& jobs, const std::function<bool(const Job&)>& is_wanted) {
  std::vector<std::string> ids;
  for (const Job& job : jobs)
    if (is_wanted(job)) ids.push_back(job.ref.id.raw());
  return joined(sorted(ids));
}

}  // namespace

TEST_CASE("a word that a system prints as a job's state finds and counts the jobs that it calls so") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    std::vector<OpenedSource> sources = opened(loaded);
    JobStore& store = *sources.front().stores.front();
    JobQuery query;
    query.page_size = 1'000;
    const std::vector<Job> jobs = list_all(store, query);
    std::set<std::string> words;
    for (const Job& job : jobs)
      if (job.native_state && !job.native_state->empty()) words.insert(job.native_state->raw());
    for (const std::string& word : words) {
      CAPTURE(word);
      if (word.find_first_of(", \t") != std::string::npos) continue;  // parts or ends a word of --state
      const std::optional<JobState> state = parse_job_state(word);
      JobQuery asked = query;
      asked.filter.states = {{state, word}};
      check_states(asked.filter, FilterOptions{}, sources, {});
      const std::vector<Job> found = list_all(store, asked);
      // A library that writes one word in several cases may mean several states by it: each spelling finds its own.
      const auto is_meant = [&](const Job& job) {
        return job.native_state && job.native_state->raw() == word &&
               (!has_our_meaning(jobs, word, state) || job.state == *state);
      };
      CHECK(ids(found, is_meant) == ids(jobs, is_meant));
      CHECK(std::ranges::all_of(found, [&](const Job& job) { return is_called(job, word) || job.state == state; }));
      if (sources.front().stores.size() == 1) CHECK(count_jobs(sources, asked).jobs() == found.size());
    }
  }
}

TEST_CASE("a word that no job has and no system knows is refused") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    std::vector<OpenedSource> sources = opened(loaded_for_reading(fixture));
    JobFilter filter;
    filter.states = {{std::nullopt, "exploding-soon"}};
    try {
      check_states(filter, FilterOptions{}, sources, {});
      FAIL_CHECK("nothing was refused");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
    }
  }
}
