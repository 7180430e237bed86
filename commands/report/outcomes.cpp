#include "commands/report/outcomes.hpp"

#include <algorithm>
#include <set>

#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "formatters/redaction.hpp"

namespace queuetrace {
namespace {

Value text_or_unknown(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

Value error_value(const Error& error) {
  Fields fields{{"code", std::string(to_word(error.kind()))}, {"message", std::string(error.what())}};
  if (!error.cause().empty()) fields.push_back({"cause", error.cause()});
  if (!error.hint().empty()) fields.push_back({"hint", error.hint()});
  return fields;
}

}  // namespace

Fields outcome_fields(const std::vector<SourceOutcome>& outcomes, const std::vector<std::string>& warnings) {
  bool truncated = false;
  Values sources;
  for (const SourceOutcome& outcome : outcomes) {
    truncated = truncated || outcome.truncated;
    const std::string status = outcome.error ? "failed" : outcome.truncated ? "truncated" : "ok";
    sources.push_back(
        Fields{{"address", outcome.address},
               {"system", text_or_unknown(outcome.system)},
               {"status", status},
               {"error", outcome.error ? error_value(*outcome.error) : Value{}},
               {"truncated", outcome.truncated ? Value{*outcome.truncated} : Value{}},
               {"unseen", outcome.unseen ? Value{*outcome.unseen} : Value{}},
               {"unsearched", outcome.unsearched ? Value{*outcome.unsearched} : Value{}},
               {"scanned", outcome.scanned > 0 ? Value{static_cast<std::int64_t>(outcome.scanned)} : Value{}},
               {"elapsed_ms", outcome.elapsed}});
  }
  Values texts;
  for (const SourceOutcome& outcome : outcomes)
    if (outcome.error) texts.push_back(outcome.address + ": " + one_line(*outcome.error));
  for (const std::string& warning : warnings) texts.push_back(warning);
  return {{"truncated", truncated}, {"sources", std::move(sources)}, {"warnings", std::move(texts)}};
}

void report_outcomes(const std::vector<SourceOutcome>& outcomes, const std::vector<std::string>& warnings,
                     Notices& notices) {
  for (const SourceOutcome& outcome : outcomes) {
    if (outcome.error) notices.warning(outcome.address + ": " + one_line(*outcome.error));
    if (const auto why = outcome.incomplete())
      notices.warning(outcome.address + ": incomplete: " + *why +
                      (outcome.unseen ? "; `queuetrace source check` says what to do" : ""));
    if (outcome.unsearched) notices.note(outcome.address + ": " + *outcome.unsearched);
  }
  std::set<std::string> said;
  for (const std::string& warning : warnings)
    if (said.insert(warning).second) notices.warning(warning);
}

std::vector<SourceOutcome> without_unseen(std::vector<SourceOutcome> outcomes) {
  for (SourceOutcome& outcome : outcomes) {
    outcome.unseen.reset();
    outcome.unsearched.reset();
  }
  return outcomes;
}

ExitCode exit_code_of(const std::vector<SourceOutcome>& outcomes) {
  const auto incomplete = [](const SourceOutcome& outcome) { return outcome.error || outcome.incomplete(); };
  if (std::none_of(outcomes.begin(), outcomes.end(), incomplete)) return ExitCode::done;
  const auto failed_alike = [&outcomes](const SourceOutcome& outcome) {
    return outcome.error && outcomes.front().error && outcome.error->kind() == outcomes.front().error->kind();
  };
  if (std::all_of(outcomes.begin(), outcomes.end(), failed_alike)) return exit_code_of(outcomes.front().error->kind());
  return ExitCode::partial;
}

void throw_only_failure(const std::vector<SourceOutcome>& outcomes) {
  if (outcomes.size() == 1 && outcomes.front().error) throw Error(*outcomes.front().error);
}

std::string answered(const std::vector<SourceOutcome>& outcomes) {
  std::vector<std::string> addresses;
  for (const SourceOutcome& outcome : outcomes)
    if (!outcome.error) addresses.push_back(outcome.address);
  if (addresses.size() < 2) return joined(addresses);
  const std::string last = addresses.back();
  addresses.pop_back();
  return joined(addresses) + " and " + last;
}

bool several_answered(const std::vector<SourceOutcome>& outcomes) {
  return std::ranges::count_if(outcomes, [](const SourceOutcome& outcome) { return !outcome.error; }) > 1;
}

std::string one_line(const Error& error) {
  std::string text = error.what();
  if (!error.cause().empty()) text += ": " + terminal_text(without_secrets(error.cause()), Profile::text);
  for (const std::string& note : error.notes()) text += " (" + note + ")";
  if (!error.hint().empty()) text += "; " + error.hint();
  return text;
}

bool is_for_people(const Context& context) {
  return context.surroundings.stdout_is_terminal && !context.format.machine;
}

bool is_table(const Context& context) { return context.format.name == "table" || context.format.name == "wide"; }

}  // namespace queuetrace
