#include "commands/change/kept_changes.hpp"

#include "commands/change/audit_history.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/pruned_changes.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "model/count_words.hpp"

namespace queuetrace {

std::filesystem::path changes_path(const Operation& operation, const Context& context) {
  const std::filesystem::path folder = made_state_folder(context.surroundings.environment, "undo");
  if (const std::size_t gone = prune_changes(folder, std::filesystem::file_time_type::clock::now()); gone > 0)
    context.notices.note(count_words(gone, "earlier change") +
                         " can no longer be undone: what a change replaced is kept for " + kept_for);
  return folder / (operation.id + ".jsonl");
}

std::string undo_command(const Operation& operation, const Source& source, const Context& context) {
  std::vector<std::string> words{"undo", short_operation(operation.id)};
  for (const std::string& word : source_words(source, context)) words.push_back(word);
  return command_of(words);
}

void keep_change(const TargetReport& report, Operation& operation, const Context& context) {
  if (report.undo.empty()) return;
  try {
    const std::filesystem::path path = changes_path(operation, context);
    BackupWriter file(path, {Kept::changes,
                             operation.id,
                             operation.source,
                             operation.target,
                             operation.system,
                             operation.address,
                             {{"kind", operation.verb}},
                             operation.filter,
                             operation.started});
    file.add({{report.id, report.undo}});
    file.finish();
    operation.kept = path.string();
  } catch (const Error& error) {
    context.notices.warning("the change cannot be undone: " + one_line(error));
  }
}

}  // namespace queuetrace
