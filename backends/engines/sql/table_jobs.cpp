#include "backends/engines/sql/table_jobs.hpp"

#include <algorithm>

#include "backends/engines/sql/system.hpp"

namespace queuetrace {

std::string TableJobs::job_of(std::string_view row) const {
  const auto found = places.find(row);
  return found == places.end() ? std::string() : jobs[found->second];
}

std::vector<TableJobs> by_table(const SqlSystem& system, const std::vector<std::string>& jobs) {
  std::vector<TableJobs> tables;
  for (const std::string& job : jobs) {
    const std::size_t slash = system.ids_by_queue ? job.find('/') : std::string::npos;
    const std::string queue = slash == std::string::npos ? std::string() : job.substr(0, slash);
    auto table = std::ranges::find(tables, queue, &TableJobs::queue);
    if (table == tables.end()) table = tables.insert(tables.end(), TableJobs{queue, {}, {}, {}});
    table->jobs.push_back(job);
    table->rows.push_back(slash == std::string::npos ? job : job.substr(slash + 1));
    table->places.emplace(table->rows.back(), table->rows.size() - 1);
  }
  return tables;
}

}  // namespace queuetrace
