// State words, synonyms and finished states.
#include "model/job_state.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace queuetrace;

TEST_CASE("every state has a word that reads back") {
  std::set<std::string> words;
  for (const JobState state : all_job_states) {
    words.insert(std::string(to_word(state)));
    CHECK(parse_job_state(to_word(state)) == state);
  }
  CHECK(words == std::set<std::string>{"pending", "scheduled", "blocked", "running", "retrying", "completed", "failed",
                                       "dead", "cancelled", "unknown"});
}

TEST_CASE("synonyms, in any case") {
  CHECK(parse_job_state("READY") == JobState::pending);
  CHECK(parse_job_state("queued") == JobState::pending);
  CHECK(parse_job_state("Waiting") == JobState::pending);
  CHECK(parse_job_state("active") == JobState::running);
  CHECK(parse_job_state("succeeded") == JobState::completed);
  CHECK(parse_job_state("done") == JobState::completed);
  CHECK(parse_job_state("canceled") == JobState::cancelled);
  CHECK(parse_job_state("Dead") == JobState::dead);
}

TEST_CASE("a system's own word is none of ours") {
  for (const char* word : {"", "todo", "doing", "aborted", "pending ", "dead-letter", "\xc3\xa9"}) {
    CAPTURE(word);
    CHECK_FALSE(parse_job_state(word).has_value());
  }
}

TEST_CASE("finished means not run again by itself") {
  std::set<JobState> finished;
  for (const JobState state : all_job_states)
    if (is_finished(state)) finished.insert(state);
  CHECK(finished == std::set<JobState>{JobState::completed, JobState::failed, JobState::dead, JobState::cancelled});
}
