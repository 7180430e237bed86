#include "commands/change/rest_of_plan.hpp"

#include "commands/change/kept_file.hpp"

namespace queuetrace {

PlanCounts write_rest_of_plan(const std::filesystem::path& plan, std::uint64_t tried,
                              const std::set<Untrusted>& doubtful, const std::filesystem::path& path) {
  PlanReader reader(plan);
  PrivateFile file(path, PrivateFile::Mode::create);
  KeptFile kept(path);
  PlanWriter writer(file, reader.header());
  std::uint64_t seen = 0;
  while (const std::optional<Target> target = reader.next()) {
    if (target->verdict != Verdict::act) continue;  // told already
    if (seen++ >= tried || doubtful.contains(target->job.ref.id)) writer.add(*target);
  }
  const PlanCounts ended = reader.ended();
  writer.counts().truncated = ended.truncated;
  writer.counts().warnings = ended.warnings;
  writer.finish();
  kept.keep();
  return writer.counts();
}

}  // namespace queuetrace
