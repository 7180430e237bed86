// Planning and applying ask which jobs wait for which once for all jobs of a page: how often the table is read does not
// depend on how many there are, an index of depends_on is used where there is one, and both say and do the same.
#include <doctest/doctest.h>

#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

namespace {

const std::string id_of_n = "('00000000-0000-4000-8000-' || lpad((%)::text, 12, '0'))::uuid";

std::string id_text(const std::string& number) {
  std::string text = id_of_n;
  return text.replace(text.find('%'), 1, number);
}

/// How each dialect spells it: where, the state, the array of parents, its index.
struct Dialect {
  std::string name;
  std::string pending = "Pending";
  std::string array_of = "ARRAY[%]::uuid[]";
  std::string none = "'{}'";
};
const Dialect dialect_a{"dialect_a", "\"Pending\"", "to_jsonb(ARRAY[%]::uuid[])", "'[]'"};
const Dialect dialect_c{"dialect_c"};

std::string fixture(const Dialect& dialect) { return "fixtures/" + dialect.name + "/load.sql"; }

std::string array_of(const Dialect& dialect, const std::string& ids) {
  std::string text = dialect.array_of;
  return text.replace(text.find('%'), 1, ids);
}

/// `count` pending jobs numbered from 1, whose parents are those of the numbers that `parents` (SQL over n, uuids) says
/// where `waits` (SQL over n) holds.
std::string pending_jobs(const Dialect& dialect, int count, const std::string& waits, const std::string& parents) {
  return "TRUNCATE hammerwork_jobs" + std::string(dialect.name == "dialect_a" ? "" : ", hammerwork_jobs_archive") +
         "; INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, depends_on, "
         "dependency_status) SELECT " +
         id_text("n") + ", 'q', jsonb_build_object('n', n), '" + dialect.pending +
         "', '2026-01-02Z', '2026-01-02Z', CASE WHEN " + waits + " THEN " + array_of(dialect, parents) + " ELSE " +
         dialect.none + " END, CASE WHEN " + waits + " THEN 'waiting' ELSE 'none' END FROM generate_series(1, " +
         std::to_string(count) + ") n; ANALYZE hammerwork_jobs;";
}

const std::string index_of_parents = "CREATE INDEX ON hammerwork_jobs USING gin (depends_on); ANALYZE hammerwork_jobs;";

JobQuery first_page(std::size_t size) {
  JobQuery query;
  query.page_size = size;
  query.order = JobOrder::storage;
  return query;
}

/// Whole readings of the table since the last question, once the sessions before have told theirs.
int readings(const Administered& on) {
  while (on.database().ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                           "pg_backend_pid()") != "0") {
  }
  const std::string count =
      on.database().ask("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'hammerwork_jobs'");
  on.database().run("SELECT pg_stat_reset()");
  return std::stoi(count);
}

Json states(const Administered& on) {
  Json all = on.rows("hammerwork_jobs");
  Json out;
  for (const auto& [id, row] : all.items()) out[id] = {row["status"], row["dependency_status"], row["error_message"]};
  return out;
}

std::vector<std::string> said(const std::vector<TargetReport>& reports) {
  std::vector<std::string> out;
  for (const TargetReport& report : reports) out.push_back(text_of(report));
  return out;
}

std::vector<std::string> said(const std::vector<Target>& targets) {
  std::vector<std::string> out;
  for (const Target& target : targets) out.push_back(text_of(target));
  return out;
}

}  // namespace

TEST_CASE("a page is planned and a chunk applied with a bounded number of readings of the table") {
  for (const Dialect& dialect : {dialect_a, dialect_c})
    for (const bool indexed : {false, true})
      for (const ActionKind kind : {ActionKind::erase, ActionKind::cancel}) {
        CAPTURE(dialect.name);
        CAPTURE(indexed);
        CAPTURE(to_word(kind));
        // For two thirds of the jobs others wait, in chains of three.
        Administered on(fixture(dialect), pending_jobs(dialect, 40'000, "n % 3 <> 1", id_text("n - 1")) +
                                              (indexed ? index_of_parents : ""));
        // Each process that reads a part would count.
        on.database().run("ALTER DATABASE " + on.database().ask("SELECT current_database()") +
                          " SET max_parallel_workers_per_gather = 0");
        const Action action = action_of(kind);
        on.close();
        readings(on);
        on.open();
        const int opening = (on.close(), readings(on));
        on.open();
        const TargetPage page = on.writes().plan(action, first_page(100));
        on.close();
        REQUIRE(page.targets.size() == 100);
        CHECK(readings(on) - opening == (indexed ? 0 : 1));
        on.open();
        const std::vector<TargetReport> reports = on.writes().apply(action, page.targets, {});
        on.close();
        // The question is asked again, and what waits for the cancelled jobs is found to be kept, and then failed.
        CHECK(readings(on) - opening == (indexed ? 0 : kind == ActionKind::cancel ? 3 : 1));
        CHECK(std::ranges::count(reports, Outcome::done, &TargetReport::outcome) >= 33);
      }
}

TEST_CASE("an index of depends_on changes neither what is said nor what is done") {
  // Diamonds, long chains, cycles, two parents, parents that are not there.
  const std::string parents = id_text("n / 2") + ", " + id_text("(n * 7919) % 450") + ", " + id_text("n + 1");
  for (const Dialect& dialect : {dialect_a, dialect_c})
    for (const ActionKind kind : {ActionKind::erase, ActionKind::cancel}) {
      CAPTURE(dialect.name);
      CAPTURE(to_word(kind));
      const std::string rows =
          pending_jobs(dialect, 400, "n % 11 < 7", parents) +
          "UPDATE hammerwork_jobs SET dependency_status = 'satisfied' WHERE (payload->>'n')::int % "
          "13 = 0 AND dependency_status = 'waiting'; UPDATE hammerwork_jobs SET status = replace("
          "status, 'Pending', 'Completed') WHERE (payload->>'n')::int % 17 = 0;";
      Administered read(fixture(dialect), rows), looked_up(fixture(dialect), rows + index_of_parents);
      looked_up.database().run("ALTER DATABASE " + looked_up.database().ask("SELECT current_database()") +
                               " SET enable_seqscan = off");
      looked_up.open();
      const Action action = action_of(kind);
      const std::vector<Target> first = read.plan_all(action), second = looked_up.plan_all(action);
      CHECK(said(first) == said(second));
      for (std::size_t at = 0; at < first.size(); at += 40) {
        const auto chunk = [&](const std::vector<Target>& all) { return std::span(all).subspan(at, 40); };
        CHECK(said(read.writes().apply(action, chunk(first), {})) ==
              said(looked_up.writes().apply(action, chunk(second), {})));
        if (kind == ActionKind::erase) CHECK(states(read) == states(looked_up));
      }
      // Which of several failed parents an error names is open; that it fails is not.
      const std::string failed =
          "SELECT string_agg(id::text || status || dependency_status, ' ' ORDER BY id) FROM "
          "hammerwork_jobs";
      CHECK(read.database().ask(failed) == looked_up.database().ask(failed));
    }
}

TEST_CASE("too many dependents of one job, or of those planned with it, are left alone") {
  const std::string reason =
      "skip: too many jobs wait for it (more than 10,000, or more than 200,000 for it and the jobs planned with it): "
      "cancel those first, or keep them";
  const Action cancel = action_of(ActionKind::cancel);
  Action keep = cancel;
  keep.keep_dependents = true;
  for (const bool indexed : {false, true}) {
    CAPTURE(indexed);
    const std::string index = indexed ? index_of_parents : "";
    Administered star(fixture(dialect_c), pending_jobs(dialect_c, 10'002, "n > 1", id_text("1")) + index);
    const std::string first = star.database().ask("SELECT min(id::text) FROM hammerwork_jobs");
    CHECK(text_of(star.plan(cancel, first)) == reason);
    CHECK(text_of(star.plan(keep, first)) == "act");
    star.database().run("DELETE FROM hammerwork_jobs WHERE (payload->>'n')::int = 7");
    CHECK(text_of(star.plan(cancel, first)) == "act, other jobs that fail with it: 10000");

    Administered chain(fixture(dialect_c), pending_jobs(dialect_c, 1'000, "n > 1", id_text("n - 1")) + index);
    std::vector<Target> page = chain.writes().plan(cancel, first_page(100)).targets;
    CHECK(text_of(page.front()) == "act, other jobs that fail with it: 999");
    CHECK(text_of(page.back()) == "act, other jobs that fail with it: 900");
    page = chain.writes().plan(cancel, first_page(400)).targets;
    CHECK(text_of(page.front()) == reason);
  }
}
