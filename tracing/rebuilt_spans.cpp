#include "tracing/rebuilt_spans.hpp"

#include <set>
#include <string>

namespace queuetrace {
namespace {

bool is_rebuilt(const Span& span) {
  const Untrusted* mark = span.attribute("queuetrace.rebuilt");
  return mark != nullptr && mark->raw() == "true";
}

}  // namespace

std::size_t leave_out_rebuilt(std::vector<Span>& spans, const std::vector<Job>& jobs) {
  std::set<Untrusted> ids;
  for (const Job& job : jobs) ids.insert(job.ref.id);
  std::set<std::string> left_out;  // by span id
  for (const Span& span : spans) {
    const Untrusted* id = span.attribute("messaging.message.id");
    if (id != nullptr && is_rebuilt(span) && ids.contains(*id)) left_out.insert(span.id);
  }
  return std::erase_if(spans, [&](const Span& span) {
    // What a job's time was spent on stands below its span, without the job's id.
    const bool part = span.kind == Span::Kind::internal || span.kind == Span::Kind::unspecified;
    return is_rebuilt(span) && (left_out.contains(span.id) || (part && left_out.contains(span.parent)));
  });
}

}  // namespace queuetrace
