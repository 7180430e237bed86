// Rows that another session holds while a chunk is changed: what is not held is done all the same, in a bounded number
// of transactions.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;

namespace {

constexpr const char* fixture = "../../systems/hammerwork/fixtures/dialect_c/load.sql";

/// 100 pending jobs of queue `parents`, and for each a job of queue `children` that waits for it.
constexpr const char* parents_and_children =
    "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive; INSERT INTO hammerwork_jobs (id, queue_name, payload, status, "
    "created_at, scheduled_at, depends_on, dependency_status) SELECT format('00000000-0000-4000-8000-%s', "
    "lpad(n::text, "
    "12, '0'))::uuid, CASE WHEN n <= 100 THEN 'parents' ELSE 'children' END, '{}', 'Pending', '2026-01-02Z', "
    "'2026-01-02Z', CASE WHEN n > 100 THEN ARRAY[format('00000000-0000-4000-8000-%s', lpad((n - 100)::text, 12, "
    "'0'))::uuid] ELSE '{}' END, CASE WHEN n > 100 THEN 'waiting' ELSE 'none' END FROM generate_series(1, 200) n; "
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

/// Counts the transactions that are begun to write.
class CountedConnection : public SqlConnection {
 public:
  CountedConnection(std::shared_ptr<SqlConnection> inner, int& begun) : inner_(std::move(inner)), begun_(begun) {}

  SqlFlavour flavour() const override { return inner_->flavour(); }
  std::string server() const override { return inner_->server(); }
  std::string target() const override { return inner_->target(); }
  std::unique_ptr<SqlResult> query(const SqlStatement& statement, std::chrono::milliseconds timeout) override {
    return inner_->query(statement, timeout);
  }
  std::unique_ptr<SqlTransaction> begin_write(std::chrono::milliseconds timeout,
                                              std::chrono::milliseconds lock_wait) override {
    ++begun_;
    return inner_->begin_write(timeout, lock_wait);
  }

 private:
  std::shared_ptr<SqlConnection> inner_;
  int& begun_;
};

/// One that waits as long as it may for a lock, and then, where locks are waited for 100 ms each, what fits in as long
/// again.
constexpr int most_transactions = 1 + SqlTransaction::lock_wait / std::chrono::milliseconds(100);

/// Applies the action while another session holds what `held` takes.
std::vector<TargetReport> apply_while(Administered& on, const std::string& held, const Action& action,
                                      const std::vector<Target>& targets) {
  const Source source = on.database().source();
  const SqlSystem* systems[] = {&hammerwork::system};
  int begun = 0;
  std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(
      std::make_shared<CountedConnection>(connect_postgres(source, Access::write), begun), source, systems);
  const std::shared_ptr<SqlConnection> other = connect_postgres(source, Access::write);
  const std::unique_ptr<SqlTransaction> transaction = other->begin_write({});
  transaction->run({held, {}});
  std::vector<TargetReport> reports = stores.at(0)->administration().apply(action, targets, {});
  CHECK(begun <= most_transactions);
  return reports;
}

}  // namespace

TEST_CASE("one dependent that another session holds keeps one job from being cancelled, not the 99 others") {
  for (const int number : {1, 37, 100}) {
    CAPTURE(number);
    Administered on(fixture, parents_and_children);
    const Action cancel = action_of(ActionKind::cancel);
    const std::vector<Target> targets = parents(on, cancel);
    REQUIRE(targets.size() == 100);
    const std::vector<TargetReport> reports = apply_while(
        on, "SELECT 1 FROM public.hammerwork_jobs WHERE id = '" + id(100 + number) + "' FOR UPDATE", cancel, targets);
    CHECK(std::ranges::count(reports, Outcome::done, &TargetReport::outcome) == 99);
    std::vector<std::string> left;
    for (const TargetReport& report : reports)
      if (report.outcome != Outcome::done) left.push_back(report.id.raw() + " " + text_of(report));
    REQUIRE(left.size() == 1);
    CHECK(left.front().starts_with(
        id(number) + " skipped: the rows or the table are held by another session, or the server is too slow"));
    CHECK(on.database().ask("SELECT string_agg(id::text || ' ' || status, ' ' ORDER BY id) FROM hammerwork_jobs WHERE "
                            "status <> 'Failed'") == id(number) + " Pending " + id(100 + number) + " Pending");
    CHECK(text_of(on.act(cancel, id(number))) == "done");
  }
}

TEST_CASE("where everything is held, trying again ends soon and nothing is done") {
  for (const std::string held : {"LOCK TABLE public.hammerwork_jobs IN ACCESS EXCLUSIVE MODE",
                                 "SELECT 1 FROM public.hammerwork_jobs WHERE queue_name = 'children' FOR UPDATE"}) {
    CAPTURE(held);
    Administered on(fixture, parents_and_children);
    const Action cancel = action_of(ActionKind::cancel);
    const std::vector<Target> targets = parents(on, cancel);
    const std::string before = on.digest("hammerwork_jobs");
    const std::vector<TargetReport> reports = apply_while(on, held, cancel, targets);
    CHECK(std::ranges::count(reports, Outcome::skipped, &TargetReport::outcome) == 100);
    CHECK(on.digest("hammerwork_jobs") == before);
  }
}
