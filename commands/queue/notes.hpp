// Notes about queues on standard error: a note that many queues share is said once.
#pragma once

#include <string>
#include <vector>

#include "commands/context.hpp"

namespace queuetrace {

struct QueueNotes {
  std::string queue;  ///< as stored; made safe here
  std::vector<std::string> notes;
};

/// `queue 'x': ...` for a note of one queue, `queues 'x', 'y': ...` for several, `all queues: ...` when each of them
/// (three or more) has it. In the order of their first queue.
void say_queue_notes(const std::vector<QueueNotes>& queues, Notices& notices);

}  // namespace queuetrace
