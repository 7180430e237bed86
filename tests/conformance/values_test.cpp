// Every system in PostgreSQL: values come back as they are stored, and none of them hides a job, in the store and in
// its capture.
#include <doctest/doctest.h>

#include "backends/capture.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Each table gets columns that no description knows, filled in every row.
constexpr const char* further_columns = R"sql(
DO $$ DECLARE one regclass; BEGIN
  FOR one IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
    EXECUTE format('ALTER TABLE %s ADD qt_account numeric DEFAULT 12345678901234567890123, '
      'ADD qt_price numeric DEFAULT 1.10, ADD qt_share float8 DEFAULT 0.1, ADD "qt ""quoted""" text DEFAULT ''a"b'', '
      'ADD qt_log json DEFAULT ''{"tail": "a\u0000b", "n": 1e400}'', ADD qt_half json DEFAULT ''"\ud800"''', one);
  END LOOP;
END $$)sql";

const Value* value_of(const Job& job, std::string_view name) {
  for (const Field& field : job.extra)
    if (field.name == name) return &field.value;
  return nullptr;
}

std::string json_of(const Job& job, std::string_view name) {
  const Value* const value = value_of(job, name);
  const JsonText* const text = value == nullptr ? nullptr : std::get_if<JsonText>(value);
  return text == nullptr ? "no JSON" : text->text.raw();
}

void check_values(const Job& job) {
  CAPTURE(job.ref.id.raw());
  CHECK(json_of(job, "qt_account") == "12345678901234567890123");
  CHECK(json_of(job, "qt_price") == "1.10");
  CHECK(json_of(job, "qt_share") == "0.1");
  CHECK(json_of(job, "qt_log") == R"({"tail": "a\u0000b", "n": 1e400})");
  CHECK(json_of(job, "qt_half") == R"("\ud800")");
  const Value* const quoted = value_of(job, "qt \"quoted\"");
  CHECK((quoted != nullptr && std::holds_alternative<Untrusted>(*quoted) &&
         std::get<Untrusted>(*quoted).raw() == "a\"b"));
}

bool is_shown(const Job& job) { return value_of(job, "qt_account") != nullptr; }

}  // namespace

TEST_CASE("what columns that no description knows hold comes back as stored and hides no job") {
  JobQuery query;
  query.page_size = 100;
  query.payload = true;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const std::vector<Job> before = list_all(loaded.store(), query);
    loaded.database()->run(further_columns);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    REQUIRE(stores.size() == 1);
    const std::vector<Job> jobs = list_all(*stores.front(), query);
    CHECK(joined(ids_of(jobs)) == joined(ids_of(before)));

    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "capture.db";
    CaptureWriter writer(file);
    for (const Job& job : jobs) {
      if (is_shown(job)) check_values(job);
      writer.add(job);
    }
    CHECK(writer.finish() == jobs.size());
    const std::vector<Job> captured = testing::captured_jobs(file);
    REQUIRE(captured.size() == jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      CHECK(is_shown(captured[i]) == is_shown(jobs[i]));
      if (is_shown(captured[i])) check_values(captured[i]);
    }
  }
}
