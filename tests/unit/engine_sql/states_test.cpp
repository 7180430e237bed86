// What the rules of a relation's states become: group keys and back, plain conditions, the library's own words.
#include <doctest/doctest.h>

#include "backends/engines/sql/states.hpp"

using namespace queuetrace;

namespace {

BoundState rule(JobState state, std::string_view words, std::string when = {}, std::string native = {}) {
  return {state, state_words(words), words.empty(), std::move(when), std::move(native)};
}

/// Six conditions on one word, and words that decide by themselves.
BoundStates states_with_words() {
  return {
      "j.state",
      true,
      {rule(JobState::blocked, "'todo', '\"todo\"'", "j.held"), rule(JobState::retrying, "'todo'", "j.tried > 0"),
       rule(JobState::scheduled, "'todo', '\"todo\"'", "j.due > now()"), rule(JobState::pending, "'todo', '\"todo\"'"),
       rule(JobState::completed, "'done'"), rule(JobState::dead, "'failed'")}};
}

/// A queue without a column of states.
BoundStates states_without_words() {
  return {"",
          true,
          {rule(JobState::completed, "", "j.finished IS NOT NULL", "finished"),
           rule(JobState::running, "", "j.claimed IS NOT NULL", "claimed"),
           rule(JobState::scheduled, "", "j.due > 7", "ready"), rule(JobState::pending, "", "", "ready")}};
}

JobState state_of(const BoundStates& states, std::optional<std::string_view> number) {
  const BoundState* found = states.rule_of(number);
  return found == nullptr ? JobState::unknown : found->state;
}

}  // namespace

TEST_CASE("words are SQL literals") {
  const std::vector<StateWord> words = state_words("'it''s, so', 0 , '\"x\"',true");
  REQUIRE(words.size() == 4);
  CHECK(words[0].literal == "'it''s, so'");
  CHECK(words[0].text == "it's, so");
  CHECK(words[1].text == "0");
  CHECK(words[2].text == "\"x\"");
  CHECK(words[3].literal == "true");
  CHECK(state_words("").empty());
}

TEST_CASE("one number tells the rule, and conditions are asked only of the words that share rules") {
  const BoundStates states = states_with_words();
  CHECK(
      states.number() ==
      "CASE j.state WHEN 'done' THEN -5 WHEN 'failed' THEN -6 WHEN 'todo' THEN CASE WHEN j.held THEN 1 WHEN j.tried > "
      "0 THEN 2 WHEN j.due > now() THEN 3 ELSE 4 END WHEN '\"todo\"' THEN CASE WHEN j.held THEN 1 WHEN j.due > now() "
      "THEN 3 ELSE 4 END ELSE 0 END");
  CHECK(state_of(states, "1") == JobState::blocked);
  CHECK(state_of(states, "2") == JobState::retrying);
  CHECK(state_of(states, "4") == JobState::pending);
  CHECK(state_of(states, "-6") == JobState::dead);
  CHECK(state_of(states, "0") == JobState::unknown);
  CHECK(state_of(states, "7") == JobState::unknown);
  CHECK(state_of(states, "") == JobState::unknown);
  CHECK(state_of(states, std::nullopt) == JobState::unknown);
  CHECK(states.knows("\"todo\""));
  CHECK_FALSE(states.knows("else"));
}

TEST_CASE("without words the conditions decide in turn") {
  const BoundStates states = states_without_words();
  CHECK(states.number() ==
        "CASE WHEN j.finished IS NOT NULL THEN -1 WHEN j.claimed IS NOT NULL THEN 2 WHEN j.due > 7 THEN 3 ELSE 4 END");
  CHECK(state_of(states, "-1") == JobState::completed);
  CHECK(state_of(states, "4") == JobState::pending);
}

TEST_CASE("a mark is asked of the states it is for only") {
  const BoundStates states = states_without_words();
  CHECK(
      states.number({.stale = "j.claimed < 9"}) ==
      "CASE WHEN j.finished IS NOT NULL THEN -1 WHEN j.claimed IS NOT NULL THEN CASE WHEN j.claimed < 9 THEN 1002 ELSE "
      "2 END WHEN j.due > 7 THEN 3 ELSE 4 END");
  CHECK(state_of(states, "1002") == JobState::running);
  CHECK(states_with_words()
            .number({.timed = "j.ended IS NOT NULL"})
            .find("WHEN 'failed' THEN CASE WHEN j.ended IS NOT NULL THEN -1006 ELSE -6 END WHEN") != std::string::npos);
  CHECK(state_of(states_with_words(), "-1006") == JobState::dead);
  CHECK(BoundStates::is_stale("1002"));
  CHECK_FALSE(BoundStates::is_stale("2"));
  CHECK_FALSE(BoundStates::is_stale("-1006"));
}

TEST_CASE("conditions on the number of a rule") {
  CHECK(BoundStates::is_over("n") == "(n < 0)");
  CHECK(BoundStates::is_timed("n") == "n < -1000");
  CHECK(states_with_words().is_in("n", JobState::retrying) == "n IN (2)");
  CHECK(states_with_words().is_in("n", JobState::dead) == "n IN (-6)");
  CHECK(states_without_words().is_in("n", JobState::retrying).empty());
}

TEST_CASE("a filter by state is a plain condition that excludes what the rules above it take of the same words") {
  const BoundStates states = states_with_words();
  CHECK(states.condition(JobState::completed) == "(j.state = 'done')");
  CHECK(states.condition(JobState::blocked) == "(j.state IN ('todo', '\"todo\"') AND (j.held))");
  CHECK(
      states.condition(JobState::pending) ==
      "(j.state IN ('todo', '\"todo\"') AND (j.held) IS NOT TRUE AND (j.state = 'todo' AND (j.tried > 0)) IS NOT TRUE "
      "AND (j.due > now()) IS NOT TRUE)");
  CHECK(states.condition(JobState::cancelled).empty());
  CHECK(states.condition(JobState::unknown) == "((j.state IN ('todo', '\"todo\"', 'done', 'failed')) IS NOT TRUE)");
  const BoundStates others = states_without_words();
  CHECK(others.condition(JobState::running) == "((j.claimed IS NOT NULL) AND (j.finished IS NOT NULL) IS NOT TRUE)");
  CHECK(others.condition(JobState::unknown).empty());
}

TEST_CASE("a filter by several states leaves out the words of other ended jobs before it looks closer") {
  const BoundStates states = states_with_words();
  CHECK(states.quick_condition({JobState::dead, JobState::retrying}) == "NOT j.state = 'done'");
  CHECK(states.quick_condition({JobState::blocked, JobState::pending}) == "NOT j.state IN ('done', 'failed')");
  CHECK(states.quick_condition({JobState::dead}).empty());
  CHECK(states.quick_condition({JobState::dead, JobState::unknown}).empty());
  CHECK(states_without_words().quick_condition({JobState::running, JobState::pending}).empty());
}

TEST_CASE("the library's own words find what it calls so, beside what we call so") {
  const BoundStates states = states_with_words();
  CHECK(states.native_condition("ToDo") == "j.state IN ('todo', '\"todo\"')");
  CHECK_FALSE(states.native_condition("paused"));
  CHECK(states.means_other("failed", JobState::failed));
  CHECK_FALSE(states.means_other("dead", JobState::dead));
  CHECK_FALSE(states.means_other("todo", JobState::pending));
  const BoundStates others = states_without_words();
  CHECK(others.native_condition("ready") ==
        "(((j.due > 7) AND (j.finished IS NOT NULL) IS NOT TRUE AND (j.claimed IS NOT NULL) IS NOT TRUE) OR "
        "((j.finished IS NOT NULL) IS NOT TRUE AND (j.claimed IS NOT NULL) IS NOT TRUE))");
  CHECK_FALSE(others.native_condition("pending"));
}
