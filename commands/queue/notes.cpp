#include "commands/queue/notes.hpp"

#include <algorithm>

#include "commands/report/suggestion.hpp"

namespace queuetrace {

void say_queue_notes(const std::vector<QueueNotes>& queues, Notices& notices) {
  constexpr std::size_t all_from = 3;
  constexpr std::size_t most_named = 5;
  struct Said {
    std::string note;
    std::vector<std::string> names;
  };
  std::vector<Said> said;
  for (const QueueNotes& queue : queues) {
    for (const std::string& note : queue.notes) {
      auto found = std::find_if(said.begin(), said.end(), [&](const Said& one) { return one.note == note; });
      if (found == said.end()) found = said.insert(said.end(), Said{note, {}});
      found->names.push_back(in_quotes(queue.queue));
    }
  }
  for (Said& one : said) {
    std::string who;
    if (one.names.size() == queues.size() && queues.size() >= all_from) {
      who = "all queues";
    } else {
      who = one.names.size() == 1 ? "queue " : "queues ";
      const std::size_t more = one.names.size() - std::min(one.names.size(), most_named);
      if (more > 0) one.names.resize(most_named);
      who += joined(one.names) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
    }
    notices.note(who + ": " + one.note);
  }
}

}  // namespace queuetrace
