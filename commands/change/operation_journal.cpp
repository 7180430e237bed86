#include "commands/change/operation_journal.hpp"

#include <unistd.h>

#include <algorithm>

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/kept_file.hpp"
#include "commands/change/state_folder.hpp"
#include "formatters/escape.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr const char* folder_name = "operations";
constexpr std::size_t longest_journal_line = 1U << 20U;

/// What a journal says is shown as our own words: nothing in it may drive a terminal.
std::string shown(const JsonObject& object, std::string_view name) {
  const std::string text = object.text(name);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return plain ? text : terminal_text(text, Profile::text);
}

UnfinishedOperation read(const std::filesystem::path& file) {
  UnfinishedOperation operation;
  operation.file = file;
  operation.id = terminal_text(file.stem().string(), Profile::ident);
  try {
    LineReader lines(file, longest_journal_line);
    while (const std::optional<std::string_view> line = lines.next()) {
      const std::optional<JsonObject> object = JsonObject::parse(*line);
      if (!object) continue;  // the last line of a crash
      if (const std::optional<std::uint64_t> tried = object->number("tried")) operation.tried = *tried;
      if (object->has("plan")) operation.plan = object->text("plan");
      if (object->has("complete")) operation.complete = shown(*object, "complete");
      if (!object->has("schema")) continue;
      operation.verb = shown(*object, "action");
      operation.source = shown(*object, "source");
      operation.system = shown(*object, "system");
      operation.started = shown(*object, "started_at");
      operation.backup = object->text("backup");
      operation.jobs = object->number("jobs").value_or(0);
      operation.undo = shown(*object, "undo");
    }
  } catch (const Error&) {  // what could be read is told
  }
  return operation;
}

}  // namespace

OperationJournal::OperationJournal(const Operation& operation, std::uint64_t jobs, const std::string& complete,
                                   const std::string& undo, const std::map<std::string, std::string>& environment)
    : file_(made_state_folder(environment, folder_name) / (operation.id + ".jsonl"), PrivateFile::Mode::create) {
  KeptFile begun(file_.path());  // without its first line it would tell nothing
  file_.hold();
  file_.write(json_line({{"schema", std::string("queuetrace.operation/1")},
                         {"action", operation.verb},
                         {"source", operation.source},
                         {"target", operation.target},
                         {"system", operation.system},
                         {"filter", data_or_nothing(operation.filter)},
                         {"started_at", operation.started},
                         {"pid", static_cast<std::int64_t>(::getpid())},
                         {"jobs", static_cast<std::int64_t>(jobs)},
                         {"plan", data_or_nothing(operation.plan)},
                         {"backup", data_or_nothing(operation.backup.empty() ? operation.kept : operation.backup)},
                         {"complete", data_or_nothing(complete)},
                         {"undo", data_or_nothing(undo)},
                         {"trace_id", operation.trace_id}}));
  file_.sync();
  begun.keep();
}

OperationJournal::~OperationJournal() {
  if (closed_) ::unlink(file_.path().c_str());
}

void OperationJournal::progress(std::uint64_t jobs_tried) {
  try {
    file_.write(json_line({{"tried", static_cast<std::int64_t>(jobs_tried)}}));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): said in the header
  }
}

void OperationJournal::go_on(const std::string& plan, const std::string& complete) {
  file_.write(json_line({{"plan", Untrusted(plan)}, {"complete", Untrusted(complete)}}));
  file_.sync();
}

std::vector<UnfinishedOperation> unfinished_operations(const std::map<std::string, std::string>& environment) {
  std::vector<UnfinishedOperation> operations;
  std::error_code error;
  std::filesystem::path folder;
  try {
    folder = state_folder(environment) / folder_name;
  } catch (const Error&) {
    return operations;  // nothing can have been written
  }
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".jsonl" && !is_held(entry->path())) operations.push_back(read(entry->path()));
  std::ranges::sort(operations, {}, &UnfinishedOperation::id);
  return operations;
}

void settle_operations(const std::string& file, const std::map<std::string, std::string>& environment) {
  if (file.empty()) return;
  for (const UnfinishedOperation& operation : unfinished_operations(environment))
    if (operation.plan == file || operation.backup == file) ::unlink(operation.file.c_str());
}

void settle_repeated(const std::string& complete, const std::map<std::string, std::string>& environment) {
  for (const UnfinishedOperation& operation : unfinished_operations(environment))
    if (operation.plan.empty() && operation.complete == complete) ::unlink(operation.file.c_str());
}

}  // namespace queuetrace
