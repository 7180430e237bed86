// Fuzz target: plans and backups, which may come from anywhere. Checks that they are read to their end or refused as a
// wrong argument.
#include "backends/engines/redis/backup_content.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/plan_file.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

void read_plan(const fuzz::MemoryFile& file) {
  PlanReader plan(file.descriptor(), "plan");
  const PlanCounts counts = plan.read_all();
  require(counts.act + counts.already + counts.skip == counts.total());
}

void read_backup(const fuzz::MemoryFile& file) {
  BackupReader backup(file.path());
  while (const std::optional<BackupRecord> record = backup.next()) {
    try {
      read_content(*record);
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::usage);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  for (const auto read : {read_plan, read_backup}) {
    try {
      read(file);
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::usage);
    }
  }
  return 0;
}
