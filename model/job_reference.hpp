// Ids of systems whose ids are unique only within a queue: `queue:id` names one job of a store, short and to be pasted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// `queue:id`. A `:` or `%` in the queue's name is written `%3A` or `%25`, so the first `:` ends it and no two jobs
/// have the same reference; the id stays as it is.
std::string job_reference(std::string_view queue, std::string_view id);

struct QueuedId {
  std::string queue;
  std::string id;

  friend bool operator==(const QueuedId&, const QueuedId&) = default;
};

/// The parts of a reference; absent: it has no `:` or a wrong escape.
std::optional<QueuedId> parse_job_reference(std::string_view reference);

/// The system's own id in a reference; the whole text where it is none.
std::string_view own_id(std::string_view reference);

/// Whether a typed id means the job of this reference: the reference, the id without its queue, or at least 4
/// characters that the id begins with. What has a `:` is whole, for `mail:1` must not mean `mail:10`, too; but of a
/// long id (model/long_id.hpp) 8 characters are enough after the queue, as tables show it.
bool means_reference(std::string_view typed, std::string_view reference);

}  // namespace queuetrace
