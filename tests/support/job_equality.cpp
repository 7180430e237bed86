#include "tests/support/job_equality.hpp"

#include <algorithm>
#include <cmath>

namespace queuetrace::testing {
namespace {

bool same_payload(const std::optional<Payload>& left, const std::optional<Payload>& right) {
  if (!left || !right) return left.has_value() == right.has_value();
  return left->form == right->form && left->text == right->text && left->size == right->size;
}

bool same_notes(const std::vector<Note>& left, const std::vector<Note>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Note& a, const Note& b) { return a.code == b.code && a.text == b.text; });
}

struct SameValue {
  template <typename Left, typename Right>
  bool operator()(const Left&, const Right&) const {
    return false;
  }
  template <typename Type>
  bool operator()(const Type& left, const Type& right) const {
    return left == right;
  }
  bool operator()(double left, double right) const { return left == right || (std::isnan(left) && std::isnan(right)); }
  bool operator()(const JsonText& left, const JsonText& right) const { return left.text == right.text; }
  bool operator()(const Values& left, const Values& right) const {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const Value& a, const Value& b) { return same(a, b); });
  }
  bool operator()(const Fields& left, const Fields& right) const { return same(left, right); }
};

}  // namespace

bool same(const Value& left, const Value& right) {
  return std::visit(SameValue{}, static_cast<const Value::variant&>(left), static_cast<const Value::variant&>(right));
}

bool same(const Fields& left, const Fields& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Field& a, const Field& b) { return a.name == b.name && same(a.value, b.value); });
}

std::string differences(const Job& left, const Job& right) {
  std::string names;
  const auto compare = [&names](const char* name, bool equal) {
    if (!equal) names += (names.empty() ? "" : " ") + std::string(name);
  };
  compare("source", left.ref.source == right.ref.source);
  compare("id", left.ref.id == right.ref.id);
  compare("system", left.system == right.system);
  compare("queue", left.queue == right.queue);
  compare("kind", left.kind == right.kind);
  compare("state", left.state == right.state);
  compare("native_state", left.native_state == right.native_state);
  compare("priority", left.priority == right.priority);
  compare("attempts", left.attempts == right.attempts);
  compare("max_attempts", left.max_attempts == right.max_attempts);
  compare("created_at", left.created_at == right.created_at);
  compare("scheduled_at", left.scheduled_at == right.scheduled_at);
  compare("started_at", left.started_at == right.started_at);
  compare("finished_at", left.finished_at == right.finished_at);
  compare("wait", left.wait == right.wait);
  compare("run", left.run == right.run);
  compare("worker", left.worker == right.worker);
  compare("error", left.error == right.error);
  compare("payload", same_payload(left.payload, right.payload));
  compare("result", same_payload(left.result, right.result));
  compare("trace_id", left.trace.trace_id == right.trace.trace_id);
  compare("span_id", left.trace.span_id == right.trace.span_id);
  compare("parent_span_id", left.trace.parent_span_id == right.trace.parent_span_id);
  compare("correlation_id", left.trace.correlation_id == right.trace.correlation_id);
  compare("causation_id", left.trace.causation_id == right.trace.causation_id);
  compare("trace_status", left.trace.status == right.trace.status);
  compare("tenant", left.tenant == right.tenant);
  compare("workflow_id", left.workflow_id == right.workflow_id);
  compare("batch_id", left.batch_id == right.batch_id);
  compare("parents", left.parents == right.parents);
  compare("notes", same_notes(left.notes, right.notes));
  compare("extra", same(left.extra, right.extra));
  return names;
}

}  // namespace queuetrace::testing
