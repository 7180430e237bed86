#include "backends/engines/redis/job_note.hpp"

#include <algorithm>

namespace queuetrace {

void add_note(Job& job, const char* code, const char* text) { job.notes.push_back({code, text}); }

bool has_note(const Job& job, std::string_view code) {
  return std::ranges::any_of(job.notes, [&](const Note& note) { return note.code == code; });
}

}  // namespace queuetrace
