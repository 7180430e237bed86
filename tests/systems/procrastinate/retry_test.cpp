// Retrying Procrastinate's jobs at every schema level.
#include <doctest/doctest.h>

#include "tests/systems/procrastinate/changes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::test::procrastinate;

TEST_CASE("3.4: a failed job is retried by the library's function") {
  Administered on = loaded("s34");
  const Action retry = action_of(ActionKind::retry);
  CHECK(on.writes().offer(retry).possible);
  CHECK(on.writes().offer(retry).warnings.empty());
  CHECK(planned(on, retry, {1, 2, 7, 9, 11, 12, 17, 19, 20, 22, 44}) ==
        Json{{"1", waits},
             {"2", waits},
             {"7", only_failed},
             {"9", only_failed},
             {"11", waits},
             {"12", only_failed},
             {"17", "skip: it runs and its worker is alive: retried now it would run twice"},
             {"19", silent},
             {"20", silent},
             {"22", "skip: it runs and its worker is alive: retried now it would run twice"},
             {"44", "skip: it was cancelled, as releases before 2.7 record it (may be forced)"}});
  CHECK(done_to(on, retry, 5) == Json{{"outcome", "done"},
                                      {"status", "todo"},
                                      {"attempts", 4},
                                      {"scheduled_at", "now"},
                                      {"events", "scheduled retried"}});
  // The flag of an abort that came too late is cleared first; a waiting job must not have it.
  CHECK(done_to(on, retry, 10) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"abort_requested", false},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled retried"}});
  CHECK(done_to(on, reset(), 6) == Json{{"outcome", "done"},
                                        {"status", "todo"},
                                        {"attempts", 0},
                                        {"scheduled_at", "now"},
                                        {"events", "scheduled retried"}});
  // It waits for its retry: due now, without another event.
  CHECK(done_to(on, retry, 4) == Json{{"outcome", "done"}, {"scheduled_at", nullptr}});
  CHECK(text_of(on.act(retry, "4")) == waits);
}

TEST_CASE("3.4: a running job is retried only by force and when its worker is gone") {
  Administered on = loaded("s34",
                           "UPDATE procrastinate_jobs SET abort_requested = true WHERE id = 19; UPDATE "
                           "procrastinate_jobs SET queueing_lock = NULL WHERE id = 20");
  const Action force = forced(ActionKind::retry);
  CHECK(text_of(on.plan(force, "17")) == "skip: it runs and its worker is alive: retried now it would run twice");
  CHECK(done_to(on, force, 17) == Json{{"outcome",
                                        "skipped: it runs and its worker is alive: retried now it would run "
                                        "twice"}});
  CHECK(done_to(on, force, 20) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled deferred_for_retry"}});
  // Not turned into a failed one, as the function does with jobs that were asked to abort.
  CHECK(done_to(on, force, 19) == Json{{"outcome", "done"},
                                       {"status", "todo"},
                                       {"abort_requested", false},
                                       {"attempts", 1},
                                       {"scheduled_at", "now"},
                                       {"events", "scheduled deferred_for_retry"}});
  // The worker was silent when the plan was made, and is back.
  Administered later = loaded("s34", "UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = 20");
  const Target target = later.plan(force, "20");
  CHECK(text_of(target) == "act");
  later.database().run("UPDATE procrastinate_workers SET last_heartbeat = now()");
  CHECK(text_of(later.apply(force, target)) ==
        "skipped: it runs and its worker is alive: retried now it would run twice");
  CHECK(row_of(later, 20)["status"] == "doing");
}

TEST_CASE("one job waits under a queueing lock, however many are retried at once") {
  Administered on = loaded(
      "s34",
      "UPDATE procrastinate_jobs SET queueing_lock = 'once' WHERE id IN (5, 6, 10); UPDATE procrastinate_jobs SET "
      "queueing_lock = 'twin' WHERE id = 44; DELETE FROM procrastinate_events WHERE job_id = 44");
  const Action retry = action_of(ActionKind::retry);
  CHECK(text_of(on.plan(retry, "44")) == "skip: another job waits under its queueing lock, which only one may");
  JobFilter failed;
  failed.ids = {"5", "6", "10"};
  const std::vector<Target> targets = on.plan_all(retry, failed);
  REQUIRE(targets.size() == 3);
  const std::string newer = "skip: a newer one of these jobs has its queueing lock, under which only one may wait";
  CHECK(text_of(targets[0]) == newer);
  CHECK(text_of(targets[1]) == newer);
  CHECK(text_of(targets[2]) == "act");
  // Planned one by one, each could be retried; applied together, one is.
  const std::vector<Target> apart{on.plan(retry, "5"), on.plan(retry, "6"), on.plan(retry, "10")};
  const std::vector<TargetReport> reports = on.writes().apply(retry, apart, {});
  CHECK(text_of(reports[0]) ==
        "skipped: a newer one of these jobs has its queueing lock, under which only one may wait");
  CHECK(text_of(reports[1]) ==
        "skipped: a newer one of these jobs has its queueing lock, under which only one may wait");
  CHECK(text_of(reports[2]) == "done");
  CHECK(text_of(on.apply(retry, apart[0])) == "skipped: another job waits under its queueing lock, which only one may");
  CHECK(row_of(on, 5)["status"] == "failed");
}

TEST_CASE("before 3.4 a failed job is retried by hand, a running one by its function") {
  for (const std::string variant : {"s24", "s27", "s30"}) {
    CAPTURE(variant);
    Administered on = loaded(variant);
    const Action retry = action_of(ActionKind::retry);
    REQUIRE(on.writes().offer(retry).warnings.size() == 1);
    CHECK(on.writes().offer(retry).warnings[0].starts_with("before 3.4 there is no function for it"));
    CHECK(planned(on, retry, {1, 5, 7, 8, 9}) ==
          Json{{"1", waits},
               {"5", unknown_worker},
               {"7", waits},
               {"8", only_failed},
               {"9", "skip: it was cancelled, as releases before 2.7 record it (may be forced)"}});
    CHECK(done_to(on, retry, 10) == Json{{"outcome", "done"},
                                         {"status", "todo"},
                                         {"attempts", 2},
                                         {"scheduled_at", "now"},
                                         {"events", "scheduled"}});
    Action again = forced(ActionKind::retry);
    CHECK(done_to(on, again, 5) == Json{{"outcome", "done"},
                                        {"status", "todo"},
                                        {"attempts", 1},
                                        {"scheduled_at", "now"},
                                        {"events", "scheduled deferred_for_retry"}});
    again.reset_attempts = true;
    CHECK(done_to(on, again, 9) ==
          Json{{"outcome", "done"}, {"status", "todo"}, {"scheduled_at", "now"}, {"events", "scheduled"}});
  }
  Administered on = loaded("s27");
  CHECK(planned(on, forced(ActionKind::retry), {13, 15, 17}) ==
        Json{{"13", "skip: it runs and was asked to abort"}, {"15", only_failed}, {"17", only_failed}});
  Administered flagged = loaded("s30");
  CHECK(done_to(flagged, forced(ActionKind::retry), 13) == Json{{"outcome", "done"},
                                                                {"status", "todo"},
                                                                {"abort_requested", false},
                                                                {"attempts", 1},
                                                                {"scheduled_at", "now"},
                                                                {"events", "scheduled deferred_for_retry"}});
}
