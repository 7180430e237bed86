// Fuzz target: plans, backups and kept changes, which may come from anywhere, with what each storage family reads in
// them. Checks that they are read to their end or refused as a wrong argument.
#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/locator.hpp"
#include "backends/engines/redis/undo_notes.hpp"
#include "backends/engines/sql/action_values.hpp"
#include "backends/engines/sql/kept_value.hpp"
#include "backends/engines/sql/row_content.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/plan_file.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

/// What `read` makes of a text; an Error of a wrong argument is no finding.
template <typename Read>
void attempt(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage);
  }
}

void read_plan(const fuzz::MemoryFile& file) {
  PlanReader plan(file.descriptor(), "plan");
  while (const std::optional<Target> target = plan.next()) {
    attempt([&] { read_locator(target->locator); });
    attempt([&] { read_redis_locator(target->locator); });
  }
  PlanReader again(file.path());
  const PlanCounts counts = again.read_all();
  require(counts.act + counts.already + counts.skip == counts.total());
}

void read_rows(const std::string& content) {
  for (const StoredRow& row : kept_rows_in(content))
    for (const auto& [name, value] : row.columns)
      for (const SqlFlavour flavour : {SqlFlavour::postgresql, SqlFlavour::sqlite})
        to_be_put_back(flavour, value, "$1");
}

void read_backup(const fuzz::MemoryFile& file) {
  BackupReader backup(file.path());
  while (const std::optional<BackupRecord> record = backup.next()) {
    refusal_in(*record);
    attempt([&] { read_content(*record); });
    attempt([&] { read_undo_notes(*record); });
    attempt([&] { read_rows(record->content); });
    attempt([&] { read_changes(record->content); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  attempt([&] { read_plan(file); });
  attempt([&] { read_backup(file); });
  return 0;
}
