#include "tests/support/read_capture.hpp"
#include "backends/systems/captures/system.hpp"

#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "model/error.hpp"

namespace queuetrace::testing {
namespace {

Source source_of(const std::filesystem::path& file, const std::string& name) {
  Source source;
  source.name = name;
  source.url = Secret("sqlite:" + file.string());
  return source;
}

}  // namespace

std::unique_ptr<JobStore> open_capture(const std::filesystem::path& file, const std::string& name) {
  static constexpr const SqlSystem* systems[]{&captures::system};
  const Source source = source_of(file, name);
  auto stores = open_sql_stores(connect_sqlite(source), source, systems);
  if (stores.size() != 1) throw Error(ErrorKind::not_found, "no capture in " + file.string());
  return std::move(stores.front());
}

std::vector<Job> captured_jobs(const std::filesystem::path& file) {
  const std::unique_ptr<JobStore> store = open_capture(file);
  JobQuery query;
  query.page_size = 500;
  query.order = JobOrder::storage;
  query.payload = true;
  std::vector<Job> jobs;
  do {
    Page page = store->list(query);
    for (Job& job : page.jobs) jobs.push_back(std::move(job));
    query.after = page.next;
  } while (query.after);
  return jobs;
}

std::string captured_value(const std::filesystem::path& file, const std::string& select) {
  const auto rows = connect_sqlite(source_of(file, "held"))->query({select, {}}, std::chrono::seconds(5));
  if (rows->rows() == 0 || !rows->cell(0, 0)) return "NULL";
  return std::string(*rows->cell(0, 0));
}

}  // namespace queuetrace::testing
