#include "commands/change/audit_log.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "commands/change/json_line.hpp"
#include "commands/change/state_folder.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Fields counts_of(const OutcomeCounts& counts) {
  Fields fields;
  for (const Outcome outcome :
       {Outcome::done, Outcome::already, Outcome::changed, Outcome::skipped, Outcome::failed, Outcome::unknown})
    fields.push_back({std::string(to_word(outcome)), static_cast<std::int64_t>(counts[outcome])});
  fields.push_back({"not_tried", static_cast<std::int64_t>(counts.not_tried)});
  return fields;
}

std::string line_of(const Operation& operation) {
  const Operator who = current_operator();
  Values words;
  for (const std::string& word : operation.words) words.emplace_back(Untrusted(word));
  return json_line({{"schema", std::string("queuetrace.audit/1")},
                    {"time", operation.started},
                    {"operation", operation.id},
                    {"action", operation.verb},
                    {"user", who.user},
                    {"host", who.host},
                    {"source", operation.source},
                    {"target", operation.target},
                    {"system", operation.system},
                    {"address", operation.address},
                    {"command", std::move(words)},
                    {"filter", data_or_nothing(operation.filter)},
                    {"counts", counts_of(operation.counts)},
                    {"result", operation.result},
                    {"duration_ms", std::chrono::duration_cast<Milliseconds>(operation.ended - operation.started)},
                    {"backup", data_or_nothing(operation.backup)},
                    {"kept", data_or_nothing(operation.kept)},
                    {"undoes", data_or_nothing(operation.undoes)},
                    {"plan", data_or_nothing(operation.plan)},
                    {"trace_id", operation.trace_id}});
}

}  // namespace

Operator current_operator() {
  Operator who;
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    who.user = found->pw_name;
  if (who.user.empty()) who.user = std::to_string(::getuid());
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) who.host = host.data();
  return who;
}

AuditLog::AuditLog(const Operation& operation, const std::map<std::string, std::string>& environment)
    : file_(made_state_folder(environment) / "audit.jsonl", PrivateFile::Mode::append) {
  constexpr std::size_t what_is_not_known_yet = 4096;  // counts, result, names of files
  try {
    file_.reserve(line_of(operation).size() + what_is_not_known_yet);
  } catch (Error& error) {
    error.while_doing("a change that cannot be recorded is not made: nothing was changed");
    throw;
  }
}

void AuditLog::add(const Operation& operation) {
  file_.write(line_of(operation));
  file_.sync();
}

}  // namespace queuetrace
