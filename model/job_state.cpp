#include "model/job_state.hpp"

#include <string>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

struct Synonym {
  std::string_view word;
  JobState state;
};

constexpr std::array synonyms{Synonym{"ready", JobState::pending},       Synonym{"queued", JobState::pending},
                              Synonym{"waiting", JobState::pending},     Synonym{"active", JobState::running},
                              Synonym{"succeeded", JobState::completed}, Synonym{"done", JobState::completed},
                              Synonym{"canceled", JobState::cancelled}};

}  // namespace

std::string_view to_word(JobState state) {
  switch (state) {
    case JobState::pending: return "pending";
    case JobState::scheduled: return "scheduled";
    case JobState::blocked: return "blocked";
    case JobState::running: return "running";
    case JobState::retrying: return "retrying";
    case JobState::completed: return "completed";
    case JobState::failed: return "failed";
    case JobState::dead: return "dead";
    case JobState::cancelled: return "cancelled";
    case JobState::unknown: break;
  }
  return "unknown";
}

std::optional<JobState> parse_job_state(std::string_view word) {
  const std::string small = lower_case(word);
  for (JobState state : all_job_states)
    if (small == to_word(state)) return state;
  for (const Synonym& synonym : synonyms)
    if (small == synonym.word) return synonym.state;
  return std::nullopt;
}

bool is_finished(JobState state) {
  return state == JobState::completed || state == JobState::failed || state == JobState::dead ||
         state == JobState::cancelled;
}

}  // namespace queuetrace
