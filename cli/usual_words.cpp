#include "cli/usual_words.hpp"

#include <algorithm>

namespace queuetrace {
namespace {

struct UsualWord {
  std::string_view typed;
  std::string_view command;
};

constexpr UsualWord words[] = {
    {"clear", "purge"},
    {"connect", "source add"},
    {"dashboard", "top"},
    {"drain", "purge"},
    {"find", "job list"},
    {"info", "stats"},
    {"init", "source add"},
    {"kill", "job cancel"},
    {"login", "source add"},
    {"logs", "job show"},
    {"ping", "source check"},
    {"ps", "job list --state running"},
    {"remove", "job delete"},
    {"replay", "job retry"},
    {"requeue", "job retry"},
    {"rerun", "job retry"},
    {"rm", "job delete"},
    {"search", "job list"},
    {"status", "stats"},
    {"tail", "job list --watch"},
    {"watch", "job list --watch"},
    {"web", "top"},
    {"worker", "doctor"},
    {"workers", "doctor"},
    {"job count", "job list --count"},
    {"job find", "job list"},
    {"job kill", "job cancel"},
    {"job next", "peek"},
    {"job peek", "peek"},
    {"job purge", "purge"},
    {"job remove", "job delete"},
    {"job replay", "job retry"},
    {"job requeue", "job retry"},
    {"job rerun", "job retry"},
    {"job rm", "job delete"},
    {"job search", "job list"},
    {"job stats", "stats"},
    {"job undo", "undo"},
    {"job wait", "wait --job"},
    {"queue clear", "purge -q"},
    {"queue delete", "purge -q"},
    {"queue drain", "purge -q"},
    {"queue empty", "purge -q"},
    {"queue peek", "peek -q"},
    {"queue purge", "purge -q"},
    {"queue rm", "purge -q"},
    {"queue stats", "stats -q"},
    {"queue status", "queue show"},
    {"queue stop", "queue pause"},
    {"queue unpause", "queue resume"},
    {"queue wait", "wait --idle -q"},
    {"source delete", "source remove"},
    {"source ping", "source check"},
    {"source rm", "source remove"},
    {"source test", "source check"},
    {"trace find", "trace search"},
};

}  // namespace

std::string_view usual_meaning(std::string_view typed) {
  const auto found = std::ranges::find(words, typed, &UsualWord::typed);
  return found == std::end(words) ? std::string_view() : found->command;
}

}  // namespace queuetrace
