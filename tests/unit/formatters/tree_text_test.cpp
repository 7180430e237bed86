// -o tree as a whole: the incident on a wide terminal, on a narrow one without UTF-8, hostile data, colour.
#include "formatters/tree_text.hpp"

#include <doctest/doctest.h>

#include <string>

#include "formatters/unicode.hpp"
#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

TraceHeading heading() {
  return {"Trace 4bf92f3577b34da6a3ce929d0e0e4736",
          "http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736",
          {"files: incomplete"}};
}

std::string drawn(std::vector<Job> jobs, const TreeTextOptions& options) {
  return tree_text(build_trace_tree(std::move(jobs), incident_now()), heading(), Redaction(), options);
}

}  // namespace

TEST_CASE("the incident on a terminal of 110 cells") {
  CHECK(drawn(incident_jobs(), {110, false, false, true}) ==
        R"~(Trace 4bf92f3577b34da6a3ce929d0e0e4736
  9 jobs (and 1 parent not found) in 8 queues of 2 systems: go-redis-work-queue, hammerwork
  2026-11-21T07:10:00.000Z to 2026-11-21T07:10:15.900Z, 15.9s
  http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736
  ! files: incomplete

JOB                         STATE      TRIES    WAIT    RUN  0              5s             10s             15s
orders create_order *       completed    1/3    20ms  330ms  ██
│ shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000001  hammerwork  same trace
├─ payments charge_card *   completed    2/3   200ms  800ms  ???????███
│  │ shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000002  hammerwork  depends on its parent
│  └─ email send_receipt *  completed    1/5   12.4s  300ms  ┄┄┄┄┄┄┄┄┄░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█
│       shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003  hammerwork  depends on its parent  held 3.0s
└─ inventory reserve_stock  dead         5/5   100ms  300ms  ???????????????██
     shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000004  hammerwork  parent by job id
     error: no stock for sku 77\nat warehouse postgres://app:***@db/stock
shipping print_label        blocked                -      -   ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
│ shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000006  hammerwork  same trace  held 59.6s+
│ cycle: also depends on shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007 (cut here)
└─ shipping book_parcel     blocked                -      -   ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
     shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007  hammerwork  depends on its parent  held 59.5s+
low                         completed         ~700ms  ~5.0s            ░░████████████████
  files/job-7781  go-redis-work-queue  same trace
parent not found            not found
│ shop/0b9e4d5e-6f0a-4c1b-9d2e-00000000dead
└─ audit write_entry        completed          100ms   50ms                             ░█
     shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000005  hammerwork  depends on its parent
reports sum_up              completed              ?      ?
  shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000008  hammerwork  same trace
  no times stored

6.7s running, 13.5s waiting, 2m02s held over all jobs; 1 failed, 2 not finished, 1 without times
critical path (*): 15.9s over 3 jobs: 12.4s waiting in email, 1.8s not recorded in payments, 1.4s running, 200ms waiting in payments, 20ms waiting in orders
bars:  ┄ held by schedule or dependencies  ░ waiting  █ running  ? not recorded  ~ estimated  + so far
)~");
}

TEST_CASE("on 60 cells bars have lines of their own; without UTF-8 lines and bars are ASCII") {
  CHECK(drawn(incident_jobs(), {60, false, true, true}) ==
        R"~(Trace 4bf92f3577b34da6a3ce929d0e0e4736
  9 jobs (and 1 parent not found) in 8 queues of 2 systems: go-redis-work-queue, hammerwork
  2026-11-21T07:10:00.000Z to 2026-11-21T07:10:15.900Z, 15.9s
  http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736
  ! files: incomplete

JOB                        STATE      TRIES    WAIT    RUN
    0                5s                10s              15s
orders create_order *      completed    1/3    20ms  330ms
    ##
| shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000001  hammerwork  same trace
| payments charge_card *   completed    2/3   200ms  800ms
    ????????####
| | shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000002  hammerwork  depends on its parent
| ` email send_receipt *   completed    1/5   12.4s  300ms
    -----------...........................................##
|     shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003  hammerwork  depends on its parent  held 3.0s
` inventory reserve_stock  dead         5/5   100ms  300ms
     ????????????????###
    shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000004  hammerwork  parent by job id
    error: no stock for sku 77\nat warehouse postgres://app:***@db/stock
shipping print_label       blocked                -      -
     -------------------------------------------------------
| shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000006  hammerwork  same trace  held 59.6s+
| cycle: also depends on shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007 (cut here)
` shipping book_parcel     blocked                -      -
     -------------------------------------------------------
    shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000007  hammerwork  depends on its parent  held 59.5s+
low                        completed         ~700ms  ~5.0s
               ...##################
  files/job-7781  go-redis-work-queue  same trace
parent not found           not found
| shop/0b9e4d5e-6f0a-4c1b-9d2e-00000000dead
` audit write_entry        completed          100ms   50ms
                                   .#
    shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000005  hammerwork  depends on its parent
reports sum_up             completed              ?      ?
  shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000008  hammerwork  same trace
  no times stored

6.7s running, 13.5s waiting, 2m02s held over all jobs; 1 failed, 2 not finished, 1 without times
critical path (*): 15.9s over 3 jobs: 12.4s waiting in email, 1.8s not recorded in payments, 1.4s running, 200ms waiting in payments, 20ms waiting in orders
bars:  - held by schedule or dependencies  . waiting  # running  ? not recorded  ~ estimated  + so far
)~");
}

TEST_CASE("hostile texts stay on their line and cannot drive the terminal") {
  const std::string text = tree_text(build_trace_tree({hostile_job()}, incident_now()), {"Trace x", std::nullopt, {}},
                                     Redaction(), {100, false, false, true});
  CHECK(text == R"~(Trace x
  1 job in 1 queue of 1 system: hammerwork
  2026-11-21T07:10:00.000Z to 2026-11-21T07:10:00.020Z, 20ms

JOB                                                  STATE   TRIES  WAIT   RUN  0
q"] --> x; %%{init: {}}%% `cat` " onload="alert(… *  failed         10ms  10ms  ░░░░░░░░░░██████████
  shop/</title><script>alert(1)</script>  hammerwork
  error: <script>alert(2)</script> ]]> \x1b]0;title\x07 \xff --><b>&amp;

10ms running, 10ms waiting over all jobs; 1 failed
critical path (*): 20ms over 1 job: 10ms waiting in q"] --> x; %%{init: {}}%% `cat`, 10ms running
bars:  ░ waiting  █ running  ~ estimated  + so far
)~");
}

TEST_CASE("colour is around words and bars, never the only carrier") {
  Job job = incident_job("a", "q", "k", JobState::failed);
  job.created_at = incident_time(0);
  job.started_at = incident_time(10);
  job.finished_at = incident_time(20);
  std::string coloured = drawn({job}, {100, true, false, true});
  CHECK(coloured.find("\x1b[31mfailed\x1b[0m") != std::string::npos);
  for (std::size_t at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  CHECK(coloured == drawn({job}, {100, false, false, true}));
}

TEST_CASE("depth says how many are left out; secrets are shown only when asked for") {
  TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  hide_below(tree, 0);
  const std::string text = tree_text(tree, heading(), Redaction(), {110, false, false, true});
  CHECK(text.find("3 jobs below not shown") != std::string::npos);
  CHECK(text.find("charge_card") == std::string::npos);
  CHECK(text.find("9 jobs (and 1 parent not found)") != std::string::npos);
  const std::string open = tree_text(build_trace_tree(incident_jobs(), incident_now()), heading(), Redaction({}, false),
                                     {110, false, false, true});
  CHECK(open.find("app:hunter2@db") != std::string::npos);
}

TEST_CASE("no line above the closing sentences is wider than the terminal") {
  for (std::size_t width = 60; width <= 200; ++width)
    for (const bool ascii : {false, true}) {
      CAPTURE(width);
      std::vector<Job> jobs = incident_jobs();
      jobs.push_back(hostile_job());
      const std::string text = drawn(std::move(jobs), {width, false, ascii});
      const std::string above = text.substr(0, text.rfind("\n\n"));
      for (std::size_t begin = 0; begin < above.size();) {
        const std::size_t end = std::min(above.find('\n', begin), above.size());
        const std::string line = above.substr(begin, end - begin);
        CAPTURE(line);
        if (line.find("http://") == std::string::npos) CHECK(unicode::display_width(line) <= width);
        begin = end + 1;
      }
    }
}

TEST_CASE("what went wrong comes first, then one line a job") {
  const std::string text = drawn(incident_jobs(), {80, false, false});
  CHECK(
      text.starts_with("Trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
                       "9 jobs in 15s: 1 dead, 2 not finished, 1 not found\n"
                       "  dead     0b9e4d5e-6f0a-4c1b-9d2e-000000000004 inventory  no stock for sku 77\\…\n"
                       "  blocked  0b9e4d5e-6f0a-4c1b-9d2e-000000000006 shipping\n"));
  CHECK(text.find("\n  no times stored\n") != std::string::npos);  // what must be known about a job stays
  CHECK(text.find("same trace") == std::string::npos);
  CHECK(text.find("█") == std::string::npos);
  CHECK(drawn(incident_jobs(), {120, false, false}).find("█") != std::string::npos);
}

TEST_CASE("without UTF-8 nothing of the tree is beyond ASCII") {
  std::vector<Job> jobs = incident_jobs();
  jobs[0].queue = Untrusted("caf\u00e9");
  jobs[0].error = Untrusted("\u65e5\u672c");
  const std::string text = drawn(std::move(jobs), {0, false, true, true});
  CHECK(text.find("caf\\u{e9}") != std::string::npos);
  CHECK(text.find("error: \\u{65e5}\\u{672c}") != std::string::npos);
  for (const char byte : text) REQUIRE(static_cast<unsigned char>(byte) < 0x80);
}

TEST_CASE("lines become narrower a level, so that titles of deep trees can be read") {
  const auto chain = [](std::size_t length) {
    std::vector<Job> jobs;
    for (std::size_t level = 0; level < length; ++level) {
      Job job =
          incident_job("job-" + std::to_string(1000 + level), "checkout", "reserve stock of order", JobState::pending);
      job.created_at = incident_time(static_cast<std::int64_t>(level));
      if (level > 0) job.parents.push_back(Untrusted("job-" + std::to_string(999 + level)));
      jobs.push_back(std::move(job));
    }
    return jobs;
  };
  /// The title of the deepest job, with what stands in front of it.
  const auto deepest = [&](std::size_t levels, std::size_t width, bool ascii = false) {
    const std::string text = drawn(chain(levels), {width, false, ascii, false});
    const std::size_t id = text.find("job-" + std::to_string(999 + levels), text.find("JOB "));
    const std::size_t begin = text.rfind('\n', id) + 1;
    return text.substr(begin, text.find_last_not_of(' ', id - 1) + 1 - begin);
  };
  CHECK(deepest(2, 80) == "└─ checkout reserve stock of order");
  CHECK(deepest(5, 80) == "         └─ checkout reserve stock of…");
  CHECK(deepest(9, 80) == "              └ checkout reserve stoc…");
  CHECK(deepest(60, 80) == "                └…checkout reserve st…");
  CHECK(deepest(60, 0) == std::string(39 * 3, ' ') + "└─…checkout reserve stock of order");
  CHECK(deepest(9, 80, true) == "              ` checkout reserve st...");
}

TEST_CASE("a kind that is the name of the queue says nothing") {
  Job job = incident_job("1", "exports", "exports", JobState::pending);
  CHECK(drawn({job}, {80, false, false}).find("exports exports") == std::string::npos);
  job.kind = Untrusted("exports.daily");
  CHECK(drawn({job}, {80, false, false}).find("exports exports.daily") != std::string::npos);
}

TEST_CASE("what the reader must know is wrapped") {
  TraceHeading told = heading();
  told.remarks = {"files failed, its jobs are missing: " + std::string(30, 'w') + " " + std::string(30, 'w') + " end"};
  const std::string text = tree_text(build_trace_tree(incident_jobs(), incident_now()), told, Redaction(), {80});
  const std::size_t begin = text.find("  ! ");
  CHECK(text.find('\n', begin) - begin <= 80);
}
