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
