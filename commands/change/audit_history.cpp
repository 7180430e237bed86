#include "commands/change/audit_history.hpp"

#include <algorithm>
#include <deque>

#include "commands/change/backup_file.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/private_file.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_audit_line = 4u << 20;
constexpr std::size_t shortest_prefix = 4;
constexpr std::size_t digits = 8;

std::optional<PastOperation> read_operation(std::string_view line) {
  const std::optional<JsonObject> object = JsonObject::parse(line);
  if (!object || object->text("schema") != "queuetrace.audit/1" || object->text("operation").empty())
    return std::nullopt;
  PastOperation one;
  one.id = object->text("operation");
  one.verb = object->text("action");
  one.user = object->text("user");
  one.host = object->text("host");
  one.source = object->text("source");
  one.target = object->text("target");
  one.system = object->text("system");
  one.address = object->text("address");
  one.filter = object->text("filter");
  one.result = object->text("result");
  one.time = parse_timestamp(object->text("time"));
  const JsonObject counts = object->object("counts");
  one.done = counts.number("done").value_or(0);
  one.unknown = counts.number("unknown").value_or(0);
  one.backup = object->text("backup");
  one.kept = object->text("kept");
  one.undoes = object->text("undoes");
  return one;
}

/// Operations that were killed before they could write their line: what they kept is there.
void add_unrecorded(const std::filesystem::path& folder, bool removed, std::deque<PastOperation>& operations) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string id = entry->path().stem().string();
    if (entry->path().extension() != ".jsonl" ||
        std::ranges::any_of(operations, [&](const PastOperation& one) { return one.id == id; }))
      continue;
    try {
      const BackupReader file(entry->path());
      PastOperation one;
      one.id = id;
      one.verb = file.action();
      one.source = file.source();
      one.target = file.target();
      one.system = file.system();
      one.address = file.address();
      one.filter = file.filter();
      one.result = "not finished";
      (removed ? one.backup : one.kept) = entry->path().string();
      const auto after = std::ranges::find_if(operations, [&](const PastOperation& other) { return other.id > id; });
      operations.insert(after, std::move(one));  // ids begin with the time
    } catch (const Error&) {                     // NOLINT(bugprone-empty-catch): no file of ours
    }
  }
}

}  // namespace

std::vector<PastOperation> past_operations(const std::map<std::string, std::string>& environment) {
  const std::filesystem::path folder = state_folder(environment);
  std::error_code ignored;
  std::deque<PastOperation> operations;
  if (std::filesystem::exists(folder / "audit.jsonl", ignored)) {
    LineReader lines(folder / "audit.jsonl", longest_audit_line);
    while (const std::optional<std::string_view> line = lines.next()) {
      std::optional<PastOperation> one = read_operation(*line);
      if (!one) continue;
      operations.push_back(std::move(*one));
      if (operations.size() > most_remembered) operations.pop_front();
    }
  }
  add_unrecorded(folder / "backups", true, operations);
  add_unrecorded(folder / "undo", false, operations);
  std::map<std::string, const PastOperation*> undone;
  for (const PastOperation& one : operations)
    if (!one.undoes.empty() && one.done > 0) undone[one.undoes] = &one;
  for (PastOperation& one : operations) {
    const auto found = undone.find(one.id);
    if (found == undone.end()) continue;
    one.undone_by = found->second->id;
    one.undone_in_part = found->second->result != "done" && found->second->result != "partial";
  }
  return {std::make_move_iterator(operations.begin()), std::make_move_iterator(operations.end())};
}

std::string short_operation(const std::string& id) {
  const std::size_t dash = id.rfind('-');
  return dash == std::string::npos || id.size() - dash - 1 != digits ? id : id.substr(dash + 1);
}

const PastOperation& find_operation(const std::vector<PastOperation>& operations, const std::string& typed) {
  std::vector<const PastOperation*> fitting;
  for (const PastOperation& one : operations)
    if (one.id == typed || (typed.size() >= shortest_prefix && short_operation(one.id).starts_with(typed)))
      fitting.push_back(&one);
  if (fitting.size() == 1) return *fitting.front();
  if (fitting.empty())
    throw Error(ErrorKind::not_found, "no operation " + in_quotes(typed) + " in the audit log")
        .with_hint("`queuetrace history` lists them");
  std::vector<std::string> ids;
  for (const PastOperation* one : fitting) ids.push_back(one->id);
  throw Error(ErrorKind::not_found, in_quotes(typed) + " is the beginning of several operations")
      .with_hint("give more of it: " + joined(ids));
}

}  // namespace queuetrace
