// A task's message together with its result (docs/systems/celery.md section 3.1).
#include <algorithm>

#include "backends/systems/celery/parts.hpp"

namespace queuetrace::celery {
namespace {

void take_worker(Job& message, Job& result) {
  message.worker = std::move(result.worker);
  if (message.state != JobState::running) return;
  // A result that says so tells that it was begun.
  std::erase_if(message.notes, [](const Note& note) { return note.code == "prefetched"; });
}

}  // namespace

void join_result(Job& message, Job&& result) {
  if (!result.native_state) return;  // it cannot be read
  const bool held = message.native_state && message.native_state->raw() == "unacked";
  if (held && result.state == JobState::running) take_worker(message, result);
  if (result.error) message.error = std::move(result.error);
  if (result.result) message.result = std::move(result.result);
  if (has_ended(result))
    message.notes.push_back({"result-before",
                             "its result is there already: it ran before, and runs again unless its worker is about to "
                             "acknowledge it"});
  message.extra.push_back({"result_state", *std::move(result.native_state)});
  if (result.finished_at) message.extra.push_back({"result_at", *result.finished_at});
  // Where both stand has the same names.
  for (Field& field : result.extra)
    if (std::ranges::find(message.extra, field.name, &Field::name) == message.extra.end())
      message.extra.push_back(std::move(field));
}

}  // namespace queuetrace::celery
