// The words for states in the descriptions of the systems.
#include <doctest/doctest.h>

#include <string>

#include "backends/engines/sql/system.hpp"
#include "backends/systems/catalogue.hpp"
#include "model/job_state.hpp"

using namespace queuetrace;

// `purge --state failed` would take jobs that are tried again, too.
TEST_CASE("a word that a description gives to a state, and no table holds, is not our word for another state") {
  for (const SqlSystem* system : built_in_catalogue().sql)
    for (const SqlRelation& relation : system->relations)
      for (const SqlStateRule& rule : relation.states)
        for (const JobState state : all_job_states) {
          CAPTURE(system->info.name);
          CAPTURE(rule.native);
          CHECK((rule.native != to_word(state) || rule.state == state));
        }
}
