// The keys that change something: each becomes a command that plans, asks and reports as it does in a shell.
#include <algorithm>
#include <set>

#include "commands/change/audit_history.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/top/session.hpp"
#include "formatters/escape.hpp"
#include "formatters/record.hpp"
#include "model/count_words.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
void Session::press_change(char letter) {
  constexpr std::string_view changes = "rcDmpu:";
  const bool about_jobs = view().kind() == ViewKind::jobs || !view().scope().job.empty();
  if (letter == 'o' && about_jobs) {
    const Scope scope = scope_of_selection();
    if (!scope.job.empty()) run(source_named(scope.source, context_), {"trace", "open", "--", scope.job});
    return;
  }
  if (changes.find(letter) == std::string_view::npos) return;
  if (options_.read_only) {
    message_ = "nothing can be changed here: read only";
    return;
  }
  const bool queues = view().kind() == ViewKind::queues;
  if (letter == ':') type_command();
  if (letter == 'u') run(context_.sources.size() == 1 ? &context_.sources.front() : nullptr, {"undo"});
  if (queues && letter == 'p') change_pause();
  if (queues && letter == 'r') retry_queue();
  if (!about_jobs) return;
  if (letter == 'r') change_jobs("retry", {});
  if (letter == 'c') change_jobs("cancel", {});
  if (letter == 'D') change_jobs("delete", {});
  if (letter == 'm') move_jobs();
}

void Session::run(const Source* source, std::vector<std::string> words) {
  errand_ = errand_in(source, std::move(words), context_);
  errand_began_ = context_.now();
}

std::optional<Errand> Session::take_errand() { return std::exchange(errand_, std::nullopt); }

void Session::come_back() {
  read_now();
  const std::vector<PastOperation> past = past_operations(context_.surroundings.environment);
  if (past.empty() || !past.back().time || *past.back().time < errand_began_) return;
  const PastOperation& last = past.back();
  message_ = "last: " + clock_of(*last.time, context_.format_options.time_style) + " " + last.verb + " in " +
             last.source + ", " + grouped(last.done) + " done (" + short_operation(last.id) + ")" +
             (last.is_kept() ? ", u undoes it" : "");
  message_ = terminal_text(message_, Profile::ident);
}

/// The chosen jobs: `job VERB OPTIONS --ask -- REFS`.
void Session::change_jobs(const std::string& verb, std::vector<std::string> options) {
  std::vector<std::string> jobs;
  std::set<std::string> addresses;
  std::string source_name = view().scope().source;
  if (view().kind() == ViewKind::jobs) {
    const std::vector<const ListedRow*> rows = view().listing()->chosen();
    if (rows.empty()) return;
    jobs = job_words(rows);
    for (const ListedRow* row : rows) addresses.insert(raw_word(row->record, "source"));
    source_name = rows.front()->source;
  } else {
    jobs = {view().scope().job};
  }
  if (addresses.size() > 1) {
    message_ = "the marked jobs belong to several sources: change those of one at a time";
    return;
  }
  const Source* source = source_named(source_name, context_);
  if (source == nullptr) return;
  std::vector<std::string> words{"job", verb};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"--ask", "--"});
  words.insert(words.end(), jobs.begin(), jobs.end());
  run(source, words);
}

void Session::move_jobs() {
  prompt_ = Prompt{.label = "move to queue: ", .done = [this](const std::string& queue) {
                     if (!queue.empty()) change_jobs("move", {"--to", queue});
                   }};
}

/// Pausing asks for a reason, and for nothing else.
void Session::change_pause() {
  const ListedRow* row = view().listing()->selected();
  if (row == nullptr) return;
  const Value* value = find_value(row->record, "paused");
  const auto* paused = value == nullptr ? nullptr : std::get_if<bool>(value);
  const std::string name = in_quotes(raw_word(row->record, "queue"));
  if (paused == nullptr) {
    message_ = "queue " + name + " cannot be paused, or it is not known whether it is";
    return;
  }
  const Source* source = source_named(row->source, context_);
  const std::vector<std::string> queue = queue_words(*row);
  const auto with_queue = [queue](std::vector<std::string> words) {
    words.insert(words.end(), queue.begin(), queue.end());
    return words;
  };
  if (!*paused) {
    prompt_ = Prompt{.label = "pause " + name + ", reason (may be empty, Esc: do not pause): ",
                     .done = [this, source, with_queue](const std::string& reason) {
                       std::vector<std::string> words{"queue", "pause"};
                       if (!reason.empty()) words.push_back("--reason=" + reason);
                       run(source, with_queue(words));
                     }};
    return;
  }
  run(source, with_queue({"queue", "resume", "--ask"}));
}

/// The command asks: the jobs are chosen by a filter.
void Session::retry_queue() {
  const ListedRow* row = view().listing()->selected();
  if (row == nullptr) return;
  std::vector<std::string> words{"job", "retry", "--state", "failed,dead",
                                 "--queue=" + quoted_glob(raw_word(row->record, "queue"))};
  if (const std::string system = system_in_source(*row); !system.empty())
    words.insert(words.end(), {"--system", system});
  run(source_named(row->source, context_), words);
}

void Session::type_command() {
  prompt_ = Prompt{.label = ":", .done = [this](const std::string& line) {
                     std::vector<std::string> words = typed_words(line);
                     const bool chooses = std::ranges::any_of(words, [](const std::string& word) {
                       return word.starts_with("--source") || (word.starts_with("-s") && !word.starts_with("--"));
                     });
                     const bool only = context_.sources.size() == 1 && !chooses;
                     if (!words.empty()) run(only ? &context_.sources.front() : nullptr, std::move(words));
                   }};
}

}  // namespace queuetrace
