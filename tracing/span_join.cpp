#include "tracing/span_join.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/job_reference.hpp"
#include "tracing/characters.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

using Places = std::vector<std::size_t>;

/// Attributes that instrumentations put a job's id into, besides SpanSearch::attribute of the system.
constexpr std::array<std::string_view, 6> id_attributes{
    "messaging.message.id", "messaging.message_id", "job.id", "job_id", "bullmq.job.id", "oban.job.job_id"};
constexpr std::array<std::string_view, 5> queue_attributes{"messaging.destination.name", "messaging.destination",
                                                           "queue.name", "job.queue_name", "job.queue"};
constexpr std::array<std::string_view, 2> operation_attributes{"messaging.operation.type", "messaging.operation"};
constexpr std::size_t long_job_id = 16;
constexpr std::size_t most_ancestors = 256;
constexpr std::chrono::seconds near_start{2};  ///< how far a row's start and its span's may be apart

enum class Role { none, run, maybe_run, maker };

bool is_among(const Untrusted* word, std::initializer_list<std::string_view> words) {
  return word != nullptr && std::find(words.begin(), words.end(), word->raw()) != words.end();
}

Role role_of(const Span& span) {
  const Untrusted* operation = nullptr;
  for (const std::string_view name : operation_attributes)
    if (operation == nullptr) operation = span.attribute(name);
  switch (span.kind) {
    case Span::Kind::producer: return Role::maker;
    case Span::Kind::client: return is_among(operation, {"send", "publish", "create"}) ? Role::maker : Role::none;
    case Span::Kind::consumer: return is_among(operation, {"receive", "settle"}) ? Role::none : Role::run;
    case Span::Kind::internal:
    case Span::Kind::server:
    case Span::Kind::unspecified: return Role::maybe_run;
  }
  return Role::none;
}

class Joiner {
 public:
  Joiner(const std::vector<Job>& jobs, const std::vector<Span>& spans)
      : jobs_(jobs), spans_(spans), joined_(jobs.size()), taken_(spans.size(), false) {
    std::set<std::string_view> names(id_attributes.begin(), id_attributes.end());
    for (const Job& job : jobs) names.insert(job.spans.attribute);
    for (std::size_t place = 0; place < spans.size(); ++place) {
      by_id_.emplace(spans[place].id, place);
      for (const SpanAttribute& attribute : spans[place].attributes)
        if (names.contains(attribute.name.raw()) && !attribute.value.empty())
          by_value_[attribute.value.raw()].push_back(place);
    }
  }

  std::vector<SpansOfJob> join() {
    for (std::size_t job = 0; job < jobs_.size(); ++job) join_by_attribute(job);
    join_by_span_id();
    for (std::size_t job = 0; job < jobs_.size(); ++job)
      if (!joined_[job].maker) joined_[job].maker = with_id(span_key(jobs_[job].trace.parent_span_id));
    join_by_parentage();
    for (std::size_t job = 0; job < jobs_.size(); ++job) finish(joined_[job]);
    return std::move(joined_);
  }

 private:
  std::optional<std::size_t> with_id(const std::string& id) const {
    const auto found = by_id_.find(id);
    return id.empty() || found == by_id_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Whether the span names another queue than the job's.
  bool names_other_queue(const Span& span, const Job& job) const {
    if (!job.queue) return false;
    for (const std::string_view name : queue_attributes)
      if (const Untrusted* queue = span.attribute(name)) return *queue != *job.queue;
    return false;
  }

  bool has_ancestor_among(std::size_t place, const std::set<std::size_t>& others) const {
    std::optional<std::size_t> at = with_id(spans_[place].parent);
    for (std::size_t step = 0; at && step < most_ancestors; ++step) {
      if (*at == place) return false;
      if (others.contains(*at)) return true;
      at = with_id(spans_[*at].parent);
    }
    return false;
  }

  void take(std::size_t job, const Places& runs, SpanTie tie) {
    if (runs.empty()) return;
    joined_[job].tie = tie;
    for (const std::size_t place : runs) {
      joined_[job].runs.push_back(place);
      taken_[place] = true;
    }
  }

  void join_by_attribute(std::size_t job) {
    const std::string& whole = jobs_[job].ref.id.raw();
    Places runs, maybe;
    std::set<std::size_t> seen;
    for (const std::string& id : {whole, std::string(own_id(whole))}) {
      const auto found = by_value_.find(id);
      if (found == by_value_.end()) continue;
      for (const std::size_t place : found->second) {
        if (taken_[place] || !seen.insert(place).second) continue;
        if (id.size() < long_job_id && names_other_queue(spans_[place], jobs_[job])) continue;
        const Role role = role_of(spans_[place]);
        if (role == Role::maker) joined_[job].maker = joined_[job].maker.value_or(place);
        if (role == Role::run) runs.push_back(place);
        if (role == Role::maybe_run) maybe.push_back(place);
      }
    }
    const Places& found = runs.empty() ? maybe : runs;
    const std::set<std::size_t> all(found.begin(), found.end());
    Places outermost;
    for (const std::size_t place : found)
      if (!has_ancestor_among(place, all)) outermost.push_back(place);
    take(job, outermost, SpanTie::attribute);
  }

  /// A span that several jobs store is the one that made them all; so is one that is also stored as the parent.
  void join_by_span_id() {
    std::unordered_map<std::string, std::size_t> uses;
    for (const Job& job : jobs_)
      if (const std::string id = span_key(job.trace.span_id); !id.empty()) ++uses[id];
    for (std::size_t job = 0; job < jobs_.size(); ++job) {
      const std::string id = span_key(jobs_[job].trace.span_id);
      const std::optional<std::size_t> place = with_id(id);
      if (!place) continue;
      const Span::Kind kind = spans_[*place].kind;
      const bool may_run =
          kind == Span::Kind::consumer || kind == Span::Kind::internal || kind == Span::Kind::unspecified;
      const bool only = uses[id] == 1 && id != span_key(jobs_[job].trace.parent_span_id);
      if (only && may_run) {
        if (joined_[job].runs.empty() && !taken_[*place]) take(job, {*place}, SpanTie::span_id);
      } else if (!joined_[job].maker) {
        joined_[job].maker = place;
      }
    }
  }

  /// Consumers' spans below the span that made jobs, or linked to it: those of the only job, else the nearest in time.
  void join_by_parentage() {
    std::unordered_map<std::size_t, Places> jobs_of;
    for (std::size_t job = 0; job < jobs_.size(); ++job)
      if (joined_[job].runs.empty() && joined_[job].maker) jobs_of[*joined_[job].maker].push_back(job);
    if (jobs_of.empty()) return;
    std::unordered_map<std::size_t, Places> spans_of;
    for (std::size_t place = 0; place < spans_.size(); ++place) {
      if (taken_[place] || role_of(spans_[place]) != Role::run) continue;
      std::vector<std::string> above = spans_[place].links;
      above.insert(above.begin(), spans_[place].parent);
      for (const std::string& id : above)
        if (const std::optional<std::size_t> maker = with_id(id); maker && jobs_of.contains(*maker)) {
          spans_of[*maker].push_back(place);
          break;
        }
    }
    for (const auto& [maker, places] : spans_of) join_children(jobs_of[maker], places);
  }

  void join_children(const Places& jobs, const Places& places) {
    for (const std::size_t job : jobs) {
      Places fitting;
      for (const std::size_t place : places)
        if (!taken_[place] && !names_other_queue(spans_[place], jobs_[job])) fitting.push_back(place);
      if (fitting.empty()) continue;
      if (jobs.size() == 1) {
        take(job, fitting, SpanTie::parentage);
      } else if (jobs_[job].started_at) {
        const auto distance = [&](std::size_t place) {
          return spans_[place].begin ? std::chrono::abs(*spans_[place].begin - *jobs_[job].started_at)
                                     : std::chrono::microseconds::max();
        };
        const std::size_t nearest = *std::ranges::min_element(fitting, {}, distance);
        if (distance(nearest) <= near_start) take(job, {nearest}, SpanTie::parentage);
      }
    }
  }

  void finish(SpansOfJob& spans) const {
    const auto begin = [this](std::size_t place) { return spans_[place].begin.value_or(infinite_future); };
    std::ranges::stable_sort(spans.runs, {}, begin);
    if (!spans.maker && !spans.runs.empty()) spans.maker = with_id(spans_[spans.runs.front()].parent);
    if (spans.maker && std::find(spans.runs.begin(), spans.runs.end(), *spans.maker) != spans.runs.end())
      spans.maker.reset();
  }

  const std::vector<Job>& jobs_;
  const std::vector<Span>& spans_;
  std::vector<SpansOfJob> joined_;
  std::vector<bool> taken_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::unordered_map<std::string, Places> by_value_;
};

}  // namespace

std::vector<SpansOfJob> join_spans(const std::vector<Job>& jobs, const std::vector<Span>& spans) {
  if (spans.empty()) return std::vector<SpansOfJob>(jobs.size());
  return Joiner(jobs, spans).join();
}

std::string span_key(const std::optional<Untrusted>& stored) {
  if (!stored || stored->empty()) return {};
  const std::string& text = stored->raw();
  std::optional<TraceNumber> number;
  if (text.size() <= 16 && all_hex(text))
    number = number_from_hex(text);
  else if (all_digits(text))
    number = number_from_decimal(text);
  return !number || number->is_zero() || number->high != 0 ? std::string() : hex16(number->low);
}

std::string span_trace_key(const Job& job) {
  if (job.trace.status != TraceStatus::w3c || !job.trace.trace_id) return {};
  return parse_stored_trace_id(job.trace.trace_id->raw()).canonical;
}

}  // namespace queuetrace
