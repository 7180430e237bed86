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
      SqlFlavour::postgresql,
      "j.state",
      true,
      {rule(JobState::blocked, "'todo', '\"todo\"'", "j.held"), rule(JobState::retrying, "'todo'", "j.tried > 0"),
       rule(JobState::scheduled, "'todo', '\"todo\"'", "j.due > now()"), rule(JobState::pending, "'todo', '\"todo\"'"),
       rule(JobState::completed, "'done'"), rule(JobState::dead, "'failed'")}};
}

/// A queue without a column of states.
BoundStates states_without_words() {
  return {SqlFlavour::sqlite,
          "",
          true,
          {rule(JobState::completed, "", "j.finished IS NOT NULL", "finished"),
           rule(JobState::running, "", "j.claimed IS NOT NULL", "claimed"),
           rule(JobState::scheduled, "", "j.due > 7", "ready"), rule(JobState::pending, "", "", "ready")}};
}

using Cells = std::vector<std::optional<std::string_view>>;

JobState state_of(const BoundStates& states, std::optional<std::string_view> word, const Cells& digits) {
  const BoundState* found = states.rule_of(word, digits);
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

TEST_CASE("rows are grouped by few booleans, and conditions are asked only of the words that share rules") {
  const BoundStates states = states_with_words();
  REQUIRE(states.digits().size() == 2);
  CHECK(
      states.digits()[0] ==
      "CASE j.state WHEN 'done' THEN NULL::boolean WHEN 'failed' THEN NULL::boolean WHEN 'todo' THEN CASE WHEN j.held "
      "THEN false WHEN j.tried > 0 THEN true WHEN j.due > now() THEN NULL::boolean ELSE false END WHEN '\"todo\"' THEN "
      "CASE WHEN j.held THEN false WHEN j.due > now() THEN true ELSE NULL::boolean END ELSE NULL::boolean END");
  CHECK(states.unfinished() == "CASE j.state WHEN 'done' THEN false WHEN 'failed' THEN false ELSE true END");
  CHECK(state_of(states, "todo", {"false", std::nullopt}) == JobState::blocked);
  CHECK(state_of(states, "todo", {"true", std::nullopt}) == JobState::retrying);
  CHECK(state_of(states, "todo", {std::nullopt, "false"}) == JobState::scheduled);
  CHECK(state_of(states, "todo", {"false", "false"}) == JobState::pending);
  CHECK(state_of(states, "\"todo\"", {"true", std::nullopt}) == JobState::scheduled);
  CHECK(state_of(states, "\"todo\"", {std::nullopt, "false"}) == JobState::pending);
  CHECK(state_of(states, "done", {std::nullopt, std::nullopt}) == JobState::completed);
  CHECK(state_of(states, "else", {std::nullopt, std::nullopt}) == JobState::unknown);
  CHECK(state_of(states, std::nullopt, {"false", std::nullopt}) == JobState::unknown);
}

TEST_CASE("without words the conditions decide in turn") {
  const BoundStates states = states_without_words();
  REQUIRE(states.digits().size() == 2);
  CHECK(
      states.digits()[0] ==
      "CASE WHEN j.finished IS NOT NULL THEN false WHEN j.claimed IS NOT NULL THEN true WHEN j.due > 7 THEN NULL ELSE "
      "false END");
  CHECK(states.unfinished() == "CASE WHEN j.finished IS NOT NULL THEN false ELSE true END");
  CHECK(state_of(states, std::nullopt, {"0", std::nullopt}) == JobState::completed);
  CHECK(state_of(states, std::nullopt, {"1", std::nullopt}) == JobState::running);
  CHECK(state_of(states, std::nullopt, {std::nullopt, "0"}) == JobState::scheduled);
  CHECK(state_of(states, std::nullopt, {"0", "0"}) == JobState::pending);
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
