// source check: what is to be done about a finding can be pasted as it stands.

#include <doctest/doctest.h>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("source check: a remedy names the source, as a word of a shell") {
  Run run;
  const std::shared_ptr<MemoryStoreData> plain = run.add_source("prod");
  const std::shared_ptr<MemoryStoreData> blank = run.add_source("old one");
  const Finding finding{Finding::Severity::problem, "poison", "nobody can run it",
                        "queuetrace job show -s <source> 7; queuetrace job delete -s <source> 7"};
  plain->check.findings = {finding};
  blank->check.findings = {finding};
  run.fields = {"source", "findings"};
  CHECK(run.run("source check", {}) == ExitCode::done);
  CHECK(run.output.find("queuetrace job show -s prod 7; queuetrace job delete -s prod 7") != std::string::npos);
  CHECK(run.output.find("queuetrace job show -s 'old one' 7; queuetrace job delete -s 'old one' 7") !=
        std::string::npos);
  CHECK(run.output.find("<source>") == std::string::npos);
}

TEST_CASE("what is to be done about a source that has no name is said so that it finds the source again") {
  for (const bool by_option : {true, false}) {
    CAPTURE(by_option);
    Run run;
    const std::shared_ptr<MemoryStoreData> store = run.add_source("r");
    store->check.findings = {{Finding::Severity::problem, "poison", "nobody can run it",
                              "queuetrace stats -s <source>, then queuetrace job delete -s <source> 7"}};
    run.describe_last([&](Source& source) {
      source.url = Secret("redis://:word@h:6379/0");
      source.origin = by_option ? "--source" : "QUEUETRACE_SOURCE";
    });
    run.configuration.sources.clear();
    run.fields = {"findings"};
    CHECK(run.run("source check", {}) == ExitCode::done);
    CHECK(run.output.find(by_option ? "queuetrace stats -s 'redis://:***@h:6379/0', then queuetrace job delete -s "
                                      "'redis://:***@h:6379/0' 7"
                                    : "queuetrace stats, then queuetrace job delete 7") != std::string::npos);
  }
}
