// Going from one view to another: in, back, and to those that have a number.
#include "commands/job/find_jobs.hpp"
#include "commands/top/session.hpp"
#include "formatters/escape.hpp"
#include "formatters/record.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

void Session::open(std::unique_ptr<View> view) {
  views_.push_back(std::move(view));
  heard_.clear();
  ask();
}

/// One of the views that have a number, of everything or of what `scope` says.
void Session::start_with(ViewKind kind, Scope scope) {
  if (kind == ViewKind::trace && scope.job.empty()) {
    message_ = "select a job first: its trace is shown";
    return;
  }
  if (kind != ViewKind::trace) scope.job.clear();
  if (kind == ViewKind::queues) {
    views_.resize(1);
    heard_.clear();
    ask();
    return;
  }
  if (view().kind() == kind && view().scope() == scope) return;
  open(std::make_unique<View>(kind, scope));
}

/// The next of the views that need nothing selected, of everything.
void Session::start_with_next() {
  switch (view().kind()) {
    case ViewKind::queues:
    case ViewKind::queue: start_with(ViewKind::jobs, {}); return;
    case ViewKind::jobs:
    case ViewKind::job: start_with(ViewKind::errors, {}); return;
    case ViewKind::errors:
    case ViewKind::trace: start_with(ViewKind::doctor, {}); return;
    case ViewKind::doctor: start_with(ViewKind::queues, {}); return;
  }
}

void Session::go_back() {
  if (views_.size() == 1) {
    message_ = "q quits";
    return;
  }
  views_.pop_back();
  heard_.clear();
  ask();
}

/// What is selected: a queue, a job, a group of errors; else what the view is limited to.
Scope Session::scope_of_selection() const {
  Scope scope = view().scope();
  const ListedRow* row = view().listing() == nullptr ? nullptr : view().listing()->selected();
  if (row == nullptr) return scope;
  switch (view().kind()) {
    case ViewKind::queues: return {row->source, raw_word(row->record, "queue"), "", ""};
    case ViewKind::jobs:
      scope.source = row->source;
      scope.queue = raw_word(row->record, "queue");
      scope.job = terminal_text(raw_word(row->record, "ref"), Profile::ident);
      return scope;
    case ViewKind::errors: scope.error_group = raw_word(row->record, "group"); return scope;
    default: return scope;
  }
}

void Session::show_job(const std::string& job) {
  if (job.empty()) return;
  Scope scope = scope_of_selection();
  scope.job = job;
  if (const Source* source = named_source(job, context_); source != nullptr && scope.source.empty())
    scope.source = source->name;
  open(std::make_unique<View>(ViewKind::job, std::move(scope)));
}

void Session::show_queue() {
  const Scope scope = scope_of_selection();
  if (scope.queue.empty()) return;
  open(std::make_unique<View>(ViewKind::queue, Scope{scope.source, scope.queue, "", ""}));
}

void Session::enter() {
  const ListedRow* row = view().listing() == nullptr ? nullptr : view().listing()->selected();
  if (row == nullptr) return;
  switch (view().kind()) {
    case ViewKind::queues: open(std::make_unique<View>(ViewKind::jobs, scope_of_selection())); return;
    case ViewKind::errors: open(std::make_unique<View>(ViewKind::jobs, scope_of_selection())); return;
    case ViewKind::jobs: show_job(scope_of_selection().job); return;
    case ViewKind::doctor: {
      const Value* samples = find_value(row->record, "samples");
      const auto* jobs = samples == nullptr ? nullptr : std::get_if<Values>(samples);
      const auto* first = jobs == nullptr || jobs->empty() ? nullptr : std::get_if<Untrusted>(&jobs->front());
      if (first == nullptr)
        message_ = "this finding names no job";
      else
        show_job(terminal_text(*first, Profile::ident));
      return;
    }
    default: return;
  }
}

}  // namespace queuetrace
