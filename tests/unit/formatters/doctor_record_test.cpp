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
  CHECK(has(shown(Exactness::exact, false), " 10000 "));
  CHECK(has(shown(Exactness::at_least, false), " 10000+ "));
  CHECK(has(shown(Exactness::estimated, false), " ~10000 "));
  CHECK(has(shown(Exactness::exact, true), "email 9990, 10 elsewhere"));
  CHECK(has(shown(Exactness::at_least, true), "email 9990, 10+ elsewhere"));
}
