// Rows that another session holds while a chunk is changed: what is not held is done all the same, in a bounded time.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "backends/drivers/postgres/connection.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using std::chrono::steady_clock;
using test::action_of;
using test::Administered;
using test::text_of;

namespace {

constexpr const char* fixture = "../../systems/hammerwork/fixtures/dialect_c/load.sql";

/// 500 pending jobs of queue `parents`, and for each a job of queue `children` that waits for it.
constexpr const char* parents_and_children =
    "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive; INSERT INTO hammerwork_jobs (id, queue_name, payload, status, "
    "created_at, scheduled_at, depends_on, dependency_status) SELECT format('00000000-0000-4000-8000-%s', "
    "lpad(n::text, "
    "12, '0'))::uuid, CASE WHEN n <= 500 THEN 'parents' ELSE 'children' END, '{}', 'Pending', '2026-01-02Z', "
    "'2026-01-02Z', CASE WHEN n > 500 THEN ARRAY[format('00000000-0000-4000-8000-%s', lpad((n - 500)::text, 12, "
    "'0'))::uuid] ELSE '{}' END, CASE WHEN n > 500 THEN 'waiting' ELSE 'none' END FROM generate_series(1, 1000) n; "
    "CREATE INDEX ON hammerwork_jobs USING gin (depends_on); ANALYZE hammerwork_jobs";

std::string id(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::vector<Target> parents(Administered& on, const Action& action) {
  JobFilter filter;
  filter.queues = {"parents"};
  return on.plan_all(action, filter);
}

/// Applies the action while another session holds what `held` takes; the reports and how long it took.
std::pair<std::vector<TargetReport>, steady_clock::duration> apply_while(Administered& on, const std::string& held,
                                                                         const Action& action,
                                                                         const std::vector<Target>& targets) {
  const std::shared_ptr<SqlConnection> other = connect_postgres(on.database().source(), Access::write);
  const std::unique_ptr<SqlTransaction> transaction = other->begin_write({});
  transaction->run({held, {}});
  const auto start = steady_clock::now();
  std::vector<TargetReport> reports = on.writes().apply(action, targets, {});
  return {std::move(reports), steady_clock::now() - start};
}

}  // namespace

TEST_CASE("one dependent that another session holds keeps one job from being cancelled, not the 499 others") {
  for (const int number : {1, 137, 500}) {
    CAPTURE(number);
    Administered on(fixture, parents_and_children);
    const Action cancel = action_of(ActionKind::cancel);
    const std::vector<Target> targets = parents(on, cancel);
    REQUIRE(targets.size() == 500);
    const auto [reports, took] = apply_while(
        on, "SELECT 1 FROM hammerwork_jobs WHERE id = '" + id(500 + number) + "' FOR UPDATE", cancel, targets);
    CHECK(std::ranges::count(reports, Outcome::done, &TargetReport::outcome) == 499);
    std::vector<std::string> left;
    for (const TargetReport& report : reports)
      if (report.outcome != Outcome::done) left.push_back(report.id.raw() + " " + text_of(report));
    REQUIRE(left.size() == 1);
    CHECK(left.front().starts_with(
        id(number) + " skipped: the rows or the table are held by another session, or the server is too slow"));
    CHECK(on.database().ask("SELECT string_agg(id::text || ' ' || status, ' ' ORDER BY id) FROM hammerwork_jobs WHERE "
                            "status <> 'Failed'") == id(number) + " Pending " + id(500 + number) + " Pending");
    CHECK(took < 3 * SqlTransaction::lock_wait);
    CHECK(text_of(on.act(cancel, id(number))) == "done");
  }
}

TEST_CASE("where everything is held, trying again ends soon and nothing is done") {
  for (const std::string held : {"LOCK TABLE hammerwork_jobs IN ACCESS EXCLUSIVE MODE",
                                 "SELECT 1 FROM hammerwork_jobs WHERE queue_name = 'children' FOR UPDATE"}) {
    CAPTURE(held);
    Administered on(fixture, parents_and_children);
    const Action cancel = action_of(ActionKind::cancel);
    const std::vector<Target> targets = parents(on, cancel);
    const std::string before = on.digest("hammerwork_jobs");
    const auto [reports, took] = apply_while(on, held, cancel, targets);
    CHECK(std::ranges::count(reports, Outcome::skipped, &TargetReport::outcome) == 500);
    CHECK(took > SqlTransaction::lock_wait);
    CHECK(took < 3 * SqlTransaction::lock_wait);
    CHECK(on.digest("hammerwork_jobs") == before);
  }
}
