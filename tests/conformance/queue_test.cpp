// Every system: what is taken next and why the rest waits, and that the counts agree with the jobs.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/conformance/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const PeekQueue* find_queue(const PeekResult& result, const std::string& name) {
  for (const PeekQueue& queue : result.queues)
    if (queue.queue.raw() == name) return &queue;
  return nullptr;
}

/// What `queue list` asks: counts and pauses, nothing measured.
Statistics listed_queues(JobStore& store) {
  StatisticsQuery query;
  query.window = Milliseconds(0);
  return store.statistics(query);
}

/// The queues by name, with their counts and whether they are paused.
std::map<std::string, std::string> told_of(const Statistics& statistics) {
  std::map<std::string, std::string> queues;
  for (const QueueStatistics& queue : statistics.queues) {
    std::string text = queue.paused ? *queue.paused ? "paused" : "not paused" : "no pauses";
    for (const StateStatistics& state : queue.states)
      text += " " + std::string(to_word(state.state)) + "=" + std::to_string(state.count.value);
    CHECK(queues.emplace(queue.queue.raw(), text).second);
  }
  return queues;
}

/// The same with what waits in one number: where nothing is measured, a store may tell it without looking at each job.
std::map<std::string, std::string> told_without_parts(Statistics statistics) {
  for (QueueStatistics& queue : statistics.queues) {
    std::uint64_t waiting = 0;
    std::erase_if(queue.states, [&](const StateStatistics& state) {
      const bool waits = state.state == JobState::pending || state.state == JobState::retrying;
      if (waits) waiting += state.count.value;
      return waits;
    });
    if (waiting > 0)
      queue.states.insert(queue.states.begin(),
                          StateStatistics{JobState::pending, {waiting, Exactness::exact}, {}, {}});
  }
  return told_of(statistics);
}

std::set<std::string> paused_queues(const Statistics& statistics) {
  std::set<std::string> names;
  for (const QueueStatistics& queue : statistics.queues) {
    CHECK(queue.pause.has_value() == queue.paused.value_or(false));
    if (queue.paused.value_or(false)) names.insert(queue.queue.raw());
  }
  return names;
}

/// Whether the fixture's system keeps this of a pause; `pause_keeps` is left out where it keeps all.
bool keeps(const Fixture& fixture, const char* fact) {
  const nlohmann::json kept = fixture.expected.value("pause_keeps", nlohmann::json::array({"since", "by", "reason"}));
  return std::ranges::find(kept, fact) != kept.end();
}

const QueuePause* pause_of(const Statistics& statistics, const std::string& name) {
  for (const QueueStatistics& queue : statistics.queues)
    if (queue.queue.raw() == name && queue.pause) return &*queue.pause;
  return nullptr;
}

}  // namespace

TEST_CASE("peek shows jobs in the order workers take them") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.expected.contains("peek")) continue;
    LoadedFixture& loaded = loaded_for_reading(fixture);
    PeekQuery query;
    query.count = 100;
    const PeekResult whole = loaded.store().peek(query);
    for (const auto& [name, ids] : fixture.expected["peek"].items()) {
      CAPTURE(name);
      const PeekQueue* queue = find_queue(whole, name);
      if (ids.empty()) {
        CHECK((queue == nullptr || queue->next.empty()));
        continue;
      }
      REQUIRE(queue != nullptr);
      CHECK(joined(ids_of(queue->next)) == joined(ids.get<std::vector<std::string>>()));
      query.queues = {name};
      query.count = 1;
      const PeekResult first = loaded.store().peek(query);
      REQUIRE(find_queue(first, name) != nullptr);
      CHECK(joined(ids_of(find_queue(first, name)->next)) == ids.front().get<std::string>());
      query = PeekQuery{};
      query.count = 100;
    }
  }
}

TEST_CASE("peek --why counts what waits by reason") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.expected.contains("waiting")) continue;
    LoadedFixture& loaded = loaded_for_reading(fixture);
    PeekQuery query;
    query.why = true;
    const PeekResult result = loaded.store().peek(query);
    for (const auto& [name, reasons] : fixture.expected["waiting"].items()) {
      CAPTURE(name);
      const PeekQueue* queue = find_queue(result, name);
      REQUIRE(queue != nullptr);
      for (const auto& [reason, count] : reasons.items()) {
        CAPTURE(reason);
        const Waiting* found = nullptr;
        for (const Waiting& waiting : queue->waiting)
          if (waiting.reason == reason) found = &waiting;
        REQUIRE(found != nullptr);
        CHECK_FALSE(found->explanation.empty());
        if (count.is_null())
          CHECK_FALSE(found->count.has_value());
        else
          CHECK(found->count == count.get<std::uint64_t>());
      }
    }
  }
}

TEST_CASE("statistics count what the list shows") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const Statistics statistics = loaded.store().statistics(StatisticsQuery{});
    std::map<std::string, std::map<std::string, std::uint64_t>> counted;
    for (const QueueStatistics& queue : statistics.queues)
      for (const StateStatistics& state : queue.states) {
        CHECK(state.count.exactness == Exactness::exact);
        counted[queue.queue.raw()][std::string(to_word(state.state))] += state.count.value;
      }
    if (fixture.expected.contains("counts")) {
      for (const auto& [queue, states] : fixture.expected["counts"].items())
        for (const auto& [state, count] : states.items()) {
          CAPTURE(queue);
          CAPTURE(state);
          CHECK(counted[queue][state] == count.get<std::uint64_t>());
        }
    }
    JobQuery query;
    query.page_size = 1000;
    std::map<std::string, std::uint64_t> listed, total;
    for (const Job& job : list_all(loaded.store(), query)) ++listed[std::string(to_word(job.state))];
    for (const auto& [queue, states] : counted)
      for (const auto& [state, count] : states)
        if (count > 0) total[state] += count;
    CHECK(total == listed);
  }
}

TEST_CASE("statistics say since when the first job of a queue is due") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    JobQuery query;
    query.page_size = 1000;
    std::map<std::pair<std::string, JobState>, Timestamp> due;
    for (const Job& job : list_all(loaded.store(), query)) {
      std::optional<Timestamp> one = job.scheduled_at;
      if (job.state != JobState::retrying && job.created_at)
        one = std::max(*job.created_at, one.value_or(*job.created_at));
      if (!one) continue;
      const auto [at, is_new] = due.try_emplace({job.queue ? job.queue->raw() : std::string(), job.state}, *one);
      if (!is_new) at->second = std::min(at->second, *one);
    }
    for (const QueueStatistics& queue : loaded.store().statistics(StatisticsQuery{}).queues)
      for (const StateStatistics& state : queue.states) {
        if (state.state != JobState::pending && state.state != JobState::retrying) continue;
        CAPTURE(queue.queue.raw());
        CAPTURE(to_word(state.state));
        const auto listed = due.find({queue.queue.raw(), state.state});
        REQUIRE(state.due.has_value() == (listed != due.end()));
        if (state.due) CHECK(to_rfc3339(*state.due) == to_rfc3339(listed->second));
      }
  }
}

TEST_CASE("the queues that jobs are in are known by name") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::vector<Untrusted> queues = loaded.store().queues(ReadLimits{});
    CHECK(std::is_sorted(queues.begin(), queues.end()));
    JobQuery query;
    query.page_size = 1000;
    for (const Job& job : list_all(loaded.store(), query))
      if (job.queue) {
        INFO(job.queue->raw());
        CHECK(std::find(queues.begin(), queues.end(), *job.queue) != queues.end());
      }
  }
}

TEST_CASE("queues without measures are those of the statistics, and nothing is measured") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const Statistics listed = listed_queues(loaded.store());
    CHECK_FALSE(listed.truncated);
    CHECK(told_without_parts(listed) == told_without_parts(loaded.store().statistics(StatisticsQuery{})));
    for (const QueueStatistics& queue : listed.queues) {
      CAPTURE(queue.queue.raw());
      CHECK_FALSE(queue.wait);
      CHECK_FALSE(queue.run);
      CHECK_FALSE(queue.completed_per_minute);
      CHECK_FALSE(queue.failed_per_minute);
    }
  }
}

TEST_CASE("exactly the queues that are paused are told as paused, with who did it, when and why") {
  std::size_t able = 0;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    const std::map<std::string, std::string> before = told_of(listed_queues(loaded.store()));
    std::set<std::string> paused = paused_queues(listed_queues(loaded.store()));
    JobAdministration& administration = loaded.writable().administration();
    if (!administration.offer_pause().possible) {
      if (fixture.expected.value("tells_pauses", false)) continue;  // that others made
      CHECK(paused.empty());
      for (const auto& [name, told] : before) CHECK_MESSAGE(told.starts_with("no pauses"), name);
      continue;
    }
    ++able;
    if (fixture.expected.value("pauses_together", false)) continue;  // the next case
    const auto full =
        std::ranges::find_if(before, [](const auto& one) { return one.second.starts_with("not paused "); });
    REQUIRE(full != before.end());
    // Holds no job: only its pause tells of it, or, where queues need more than a pause, what the fixture gave it.
    const std::string empty = fixture.expected.value("empty_queue", "it's an \"empty\" one");
    const bool together = fixture.expected.value("pauses_together", false);
    const std::vector<std::string> names = together ? std::vector{full->first} : std::vector{full->first, empty};
    for (const std::string& name : names) {
      CAPTURE(name);
      CHECK(administration.set_paused({name, true, "too 'slow'", "me@here"}).outcome == Outcome::done);
      paused.insert(name);
      if (together)
        for (const Untrusted& queue : loaded.store().queues(ReadLimits{})) paused.insert(queue.raw());
      const Statistics listed = listed_queues(loaded.store());
      CHECK(paused_queues(listed) == paused);
      const QueuePause* pause = pause_of(listed, name);
      REQUIRE(pause != nullptr);
      REQUIRE(listed.now);
      REQUIRE(pause->since.has_value() == keeps(fixture, "since"));
      REQUIRE(pause->by.has_value() == keeps(fixture, "by"));
      REQUIRE(pause->reason.has_value() == keeps(fixture, "reason"));
      if (pause->since) CHECK(*pause->since <= *listed.now);
      if (pause->since) CHECK(*pause->since > *listed.now - std::chrono::minutes(1));
      if (pause->by) CHECK(pause->by->raw() == "me@here");
      if (pause->reason) CHECK(pause->reason->raw() == "too 'slow'");
    }
    for (const std::string& name : names) {
      CHECK(administration.set_paused({name, false, "", "me@here"}).outcome == Outcome::done);
      paused.erase(name);
      if (together) paused.clear();
      CHECK(paused_queues(listed_queues(loaded.store())) == paused);
    }
    CHECK(told_of(listed_queues(loaded.store())) == before);
  }
  // The systems of one folder may have no pauses.
  if (all_fixtures().size() == fixtures_of_every_system().size()) CHECK(able >= 2);
}

TEST_CASE("where one pause is of all queues, all are told as paused together") {
  for (const Fixture& fixture : all_fixtures()) {
    if (!fixture.expected.value("pauses_together", false)) continue;
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    const std::map<std::string, std::string> before = told_of(listed_queues(loaded.store()));
    std::set<std::string> all;
    for (const Untrusted& queue : loaded.store().queues(ReadLimits{})) all.insert(queue.raw());
    REQUIRE(all.size() >= 2);
    bool paused = !paused_queues(listed_queues(loaded.store())).empty();
    JobAdministration& administration = loaded.writable().administration();
    for (int change = 0; change < 2; ++change) {
      paused = !paused;
      CHECK(administration.set_paused({*all.begin(), paused, "", ""}).outcome == Outcome::done);
      CHECK(administration.set_paused({*all.rbegin(), paused, "", ""}).outcome == Outcome::already);
      CHECK(paused_queues(listed_queues(loaded.store())) == (paused ? all : std::set<std::string>{}));
    }
    CHECK(told_of(listed_queues(loaded.store())) == before);
  }
}
