// Findings of `doctor` on a terminal: a count that is not exact says so.
#include "formatters/doctor_record.hpp"

#include <doctest/doctest.h>

#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

std::string shown(Exactness exactness, bool with_queues) {
  std::ostringstream out;
  FormatterOptions options;
  options.terminal = true;
  options.headers = false;
  options.width = 100;
  const auto formatter = find_output_format("table")->make(out, options);
  formatter->begin(
      {"queuetrace.doctor/1", "findings", doctor_columns(), Heading::Layout::list, "code", &doctor_table()});
  Finding finding{Finding::Severity::warning, "jobs", "jobs wait", "", "waiting"};
  finding.count = Count{10'000, exactness};
  if (with_queues) finding.queues = {{Untrusted("email"), 9'990}};
  formatter->row(doctor_record("shop", "hammerwork", finding));
  formatter->end({});
  return out.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("counts say whether there may be more") {
  CHECK(has(shown(Exactness::exact, false), "10,000 jobs\n"));
  CHECK(has(shown(Exactness::at_least, false), "10,000+ jobs\n"));
  CHECK(has(shown(Exactness::estimated, false), "~10,000 jobs\n"));
  CHECK(has(shown(Exactness::exact, true), "10,000 jobs: email 9,990, 10 elsewhere\n"));
  CHECK(has(shown(Exactness::at_least, true), "10,000+ jobs: email 9,990, 10+ elsewhere\n"));
}

TEST_CASE("a finding is a block: what, how many of which queue, what to do, where to look") {
  Finding gone{Finding::Severity::problem, "jobs", "their worker is gone", "start a worker", "stale-running"};
  gone.count = Count{12, Exactness::exact};
  gone.queues = {{Untrusted("email"), 9}, {Untrusted("files"), 3}};
  Finding paused{Finding::Severity::warning, "queues", "paused while jobs are due", "", "paused-queue"};
  paused.names = {Untrusted("web\x1b[31mhooks"), Untrusted("dunning")};
  paused.count = Count{3, Exactness::exact};
  const auto printed = [&](int width, const std::vector<std::string>& fields = {}) {
    std::ostringstream out;
    FormatterOptions options;
    options.terminal = true;
    options.width = width;
    options.fields = fields;
    const auto formatter = find_output_format("table")->make(out, options);
    formatter->begin(
        {"queuetrace.doctor/1", "findings", doctor_columns(), Heading::Layout::list, "code", &doctor_table(), true});
    formatter->row(doctor_record("shop", "hammerwork", gone, "queuetrace job show -s shop 0000000a"));
    formatter->row(doctor_record("files", "hammerwork", paused));
    formatter->tell({{{"shop and files: 1 problem, 1 warning"}}, ""});
    formatter->end({});
    return out.str();
  };
  CHECK(printed(60) ==
        "shop and files: 1 problem, 1 warning\n"
        "problem  shop   their worker is gone (stale-running)\n"
        "                12 jobs: email 9, files 3\n"
        "                do: start a worker\n"
        "                see: queuetrace job show -s shop 0000000a\n"
        "\n"
        "warning  files  paused while jobs are due (paused-queue)\n"
        "                web\\x1b[31mhooks, dunning, 1 more\n");
  // What cannot be parted, a command, has more room at the edge.
  CHECK(has(printed(50), "\n  see: queuetrace job show -s shop 0000000a\n"));
  CHECK(has(printed(60, {"code"}), "CODE\nstale-running\npaused-queue\n"));
}
