// A loaded fixture with all of its jobs, and the check that a filter agrees with a predicate over them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "model/letter_case.hpp"
#include "tests/conformance/fixture.hpp"

namespace queuetrace::test {

using Matches = std::function<bool(const Job&)>;

struct Filtering {
  explicit Filtering(const Fixture& fixture) : loaded(loaded_for_reading(fixture)) {
    JobQuery query;
    query.payload = true;
    query.page_size = 1000;
    jobs = list_all(loaded.store(), query);
  }

  /// Whether our word for the state finds the job. A word that the library has for another state finds what it calls
  /// so, too: `failed` of one whose failed jobs are dead, `pending` of one whose pending jobs are held.
  bool is_called(const Job& job, JobState state) {
    const std::string word(to_word(state));
    const auto mappings = loaded.store().system().states;
    const bool means_other = std::ranges::none_of(mappings, [&](const StateMapping& mapping) {
      return equal_ignoring_case(mapping.native, word) && mapping.state == state;
    });
    return job.state == state ||
           (means_other && job.native_state && equal_ignoring_case(job.native_state->raw(), word));
  }

  void check(const JobFilter& filter, const Matches& matches) {
    JobQuery query;
    query.filter = filter;
    query.page_size = 4;
    std::vector<std::string> expected;
    for (const Job& job : jobs)
      if (matches(job)) expected.push_back(job.ref.id.raw());
    CHECK(joined(sorted(ids_of(list_all(loaded.store(), query)))) == joined(sorted(expected)));
  }

  LoadedFixture& loaded;
  std::vector<Job> jobs;
};

}  // namespace queuetrace::test
