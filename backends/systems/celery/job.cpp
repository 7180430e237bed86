// How a message of Celery becomes a job (docs/systems/celery.md sections 2.2, 3 and 6).
#include <algorithm>
#include <charconv>
#include <cmath>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/engines/redis/named_strings.hpp"
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/celery/parts.hpp"
#include "model/job_filter.hpp"

namespace queuetrace::celery {
namespace {

using nlohmann::json;

/// kombu's `visibility_timeout` when nothing else is configured.
constexpr std::chrono::seconds usual_visibility{3600};
/// Tasks named of the rest of a chain.
constexpr std::size_t most_named = 20;

std::chrono::seconds visibility_of(const Deployment& deployment) {
  const auto given = deployment.settings.find(std::string(visibility_option));
  if (given == deployment.settings.end()) return usual_visibility;
  const std::optional<Milliseconds> time = parse_duration(given->second);
  return time ? std::chrono::duration_cast<std::chrono::seconds>(*time) : usual_visibility;
}

std::optional<Timestamp> time_of_score(std::string_view score) {
  constexpr double year_10000 = 253'402'300'800.0;
  double seconds = 0;
  const auto [end, error] = std::from_chars(score.data(), score.data() + score.size(), seconds);
  if (error != std::errc{} || end != score.data() + score.size() || !(seconds > 0) || seconds >= year_10000)
    return std::nullopt;
  return Timestamp(std::chrono::microseconds(std::llround(seconds * 1e6)));
}

void read_trace(Job& job, const Message& message) {
  TraceCandidates candidates;
  // Early messages have no headers, and instrumentations write none into them.
  candidates.add_carrier("headers", carrier_in(dumped(message.headers)));
  std::string arguments = carrier_in(message.body);
  // Of a body that cannot be read (YAML, msgpack, bzip2) what Celery wrote of the arguments for people tells.
  for (const char* name : {"argsrepr", "kwargsrepr"})
    if (const json& text = member(message.headers, name); arguments.empty() && text.is_string())
      arguments = carrier_in(text.get_ref<const std::string&>());
  candidates.add_carrier("arguments", arguments);
  candidates.fill(job);
  for (const char* name : {"correlation_id", "request_id"})
    if (!job.trace.correlation_id) job.trace.correlation_id = text_of(member(message.headers, name));
}

void read_relations(Job& job, const Message& message) {
  // A retried message names itself as its parent.
  if (std::optional<Untrusted> parent = text_of(member(message.facts, "parent_id")); parent && *parent != job.ref.id)
    job.trace.causation_id = std::move(parent);
  job.workflow_id = text_of(member(message.facts, "root_id"));
  job.batch_id = text_of(member(message.facts, "group"));
}

/// What comes after the task: the names of the tasks of its chain in their order, and the id of its chord's body.
void read_rest(Job& job, const json& rest) {
  if (const json& chain = member(rest, "chain"); chain.is_array() && !chain.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min(chain.size(), most_named); ++i)  // the next is the last
      if (const std::optional<Untrusted> task = text_of(member(chain[chain.size() - 1 - i], "task")))
        names += (names.empty() ? "" : ", ") + task->raw();
    job.extra.push_back({"chain", Untrusted(std::move(names))});
  }
  if (std::optional<Untrusted> body = text_of(member(member(member(rest, "chord"), "options"), "task_id")))
    job.extra.push_back({"chord", *std::move(body)});
}

void read_body(Job& job, const Message& message, bool payload) {
  json args = member(message.headers, "argsrepr"), kwargs = member(message.headers, "kwargsrepr");
  if (message.early) {
    args = member(message.facts, "args");
    kwargs = member(message.facts, "kwargs");
    read_rest(job, message.facts);
  } else if (const json parts = parse_bounded(message.body); parts.is_array() && parts.size() == 3) {
    args = parts[0];
    kwargs = parts[1];
    read_rest(job, parts[2]);
  }
  if (payload) job.payload = payload_of(args, kwargs);
}

void read_extra(Job& job, const Message& message, const DecodeContext& context) {
  const json& facts = message.facts;
  const json& delivery = member(message.properties, "delivery_info");
  for (const char* name : {"exchange", "routing_key"})
    if (std::optional<Untrusted> text = text_of(member(delivery, name))) job.extra.push_back({name, *std::move(text)});
  if (std::optional<Untrusted> origin = text_of(member(message.headers, "origin")))
    job.extra.push_back({"origin", *std::move(origin)});
  if (const std::optional<Timestamp> expires = time_of(member(facts, "expires"))) {
    job.extra.push_back({"expires_at", *expires});
    if (*expires <= context.now) add_note(job, "expired", "its time to begin is over: a worker that takes it drops it");
  }
  if (member(delivery, "redelivered") == true)
    add_note(job, "redelivered", "a worker had it before and did not finish it, or was stopped");
}

/// Whether a message with this routing key goes to the binding's queue. In a topic's key `#` stands for any words and
/// `*` for one; in kombu 5.2 for several, too, as its pattern then says.
bool leads_to(const Binding& binding, std::string_view routing_key) {
  if (binding.routing_key == routing_key) return true;
  if (binding.pattern.empty()) return false;
  std::string glob(binding.routing_key);
  const bool any_words =
      glob.find('#') != std::string::npos || binding.pattern.find("[^\\.]+") == std::string_view::npos;
  std::ranges::replace(glob, '#', '*');
  return matches_glob(glob, routing_key) &&
         (any_words || std::ranges::count(glob, '.') == std::ranges::count(routing_key, '.'));
}

/// The queue of a held message: of the default exchange its routing key, else whose binding fits. Absent: several do,
/// or none.
std::optional<Untrusted> queue_of_held(const json& exchange, const json& key, const Reply& bindings,
                                       const std::string& separator) {
  if (!key.is_string() || !exchange.is_string()) return std::nullopt;
  const std::string& routing_key = key.get_ref<const std::string&>();
  if (exchange.get_ref<const std::string&>().empty()) return text_of(key);
  std::optional<Untrusted> queue;
  if (bindings.size() != 2) return queue;
  for (std::size_t i = 0; i < bindings[1].size(); ++i) {
    const std::optional<Binding> binding = read_binding(bindings[1][i].text(), separator);
    if (!binding || !leads_to(*binding, routing_key)) continue;
    if (queue && queue->raw() != binding->queue) return std::nullopt;
    queue = Untrusted(std::string(binding->queue));
  }
  return queue;
}

void read_delivery(Job& job, const Entry& entry, const DecodeContext& context) {
  const json parts = parse_bounded(entry.raw);
  if (!parts.is_array() || parts.size() != 3 || entry.companions.size() != 3) return;
  job.queue = queue_of_held(parts[1], parts[2], entry.companions[2], separator_of(context.deployment));
  const json result = parse_bounded(entry.companions[1].text());
  const bool begun = member(result, "status") == "STARTED";
  if (begun) job.worker = text_of(member(member(result, "result"), "hostname"));
  if (job.state == JobState::running && !begun)
    add_note(job, "prefetched", "a worker holds it; whether it runs or waits for its turn there is not stored");
  const std::optional<Timestamp> delivered = time_of_score(entry.companions[0].text());
  if (!delivered) return add_note(job, "unindexed", "no worker will ever give it back: unacked_index does not name it");
  job.extra.push_back({"delivered_at", *delivered});
  const std::chrono::seconds visibility = visibility_of(context.deployment);
  if (*delivered + visibility < context.now)
    add_note(job, "past-visibility",
             "held for longer than the visibility timeout: its worker is gone, or it runs "
             "that long and is given to another worker as well");
  else if (job.scheduled_at && *job.scheduled_at > *delivered + visibility)
    add_note(job, "eta-beyond-visibility",
             "its eta is later than the visibility timeout: it is given to one worker "
             "after the other, and runs several times");
}

JobState state_of(const Job& job, const Place& place, std::int64_t retries, Timestamp now) {
  const bool waits_for_time = job.scheduled_at && *job.scheduled_at > now;
  if (place.role == PlaceRole::running && !waits_for_time) return JobState::running;
  if (retries > 0) return JobState::retrying;
  return waits_for_time ? JobState::scheduled : JobState::pending;
}

}  // namespace

std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool) {
  if (entry.place.role != PlaceRole::running) return {};
  const json parts = parse_bounded(entry.raw);
  const json& exchange = parts.is_array() && parts.size() == 3 ? parts[1] : json();
  const std::optional<Message> message = read_message(message_in(entry));
  const std::optional<Untrusted> id = message ? text_of(member(message->facts, "id")) : std::nullopt;
  return {{"ZSCORE", deployment.prefix + "unacked_index", std::string(entry.field)},
          {"GET", deployment.prefix + "celery-task-meta-" + (id ? id->raw() : std::string())},
          {"SSCAN",
           deployment.prefix + "_kombu.binding." + (exchange.is_string() ? exchange.get<std::string>() : std::string()),
           "0", "COUNT", "100"}};
}

Job decode(const Entry& entry, const DecodeContext& context) {
  Job job;
  if (!entry.queue.empty()) job.queue = Untrusted(std::string(entry.queue));
  const bool held = entry.place.role == PlaceRole::running;
  job.state = held ? JobState::running : JobState::pending;
  const std::string_view text = message_in(entry);
  const std::optional<Message> message = read_message(text);
  if (!message) {
    job.ref.id = Untrusted(made_id(entry.raw));
    if (entry.cut_from == 0) add_note(job, "undecodable", "no message of kombu: a worker that takes it fails over it");
    if (context.payload) job.payload = Payload{Payload::Form::text, Untrusted(std::string(text)), text.size()};
    return job;
  }
  std::optional<Untrusted> id = text_of(member(message->facts, "id"));
  if (!id) id = text_of(member(message->properties, "correlation_id"));
  if (!id) add_note(job, "no-id", "the message carries no id: this one is made by queuetrace, of its bytes");
  job.ref.id = id ? *std::move(id) : Untrusted(made_id(entry.raw));
  job.kind = text_of(member(message->facts, "task"));
  if (!job.kind) add_note(job, "no-task", "a message of kombu that names no task");
  const std::int64_t retries = std::max<std::int64_t>(0, number_of(member(message->facts, "retries")).value_or(0));
  job.scheduled_at = time_of(member(message->facts, "eta"));
  job.state = state_of(job, entry.place, retries, context.now);
  if (job.state == JobState::running) job.scheduled_at.reset();
  job.attempts = job.state == JobState::running && retries < INT64_MAX ? retries + 1 : retries;
  if (const std::optional<std::int64_t> priority = number_of(member(message->properties, "priority")))
    job.priority = *priority;
  read_relations(job, *message);
  read_trace(job, *message);
  read_extra(job, *message, context);
  read_body(job, *message, context.payload);
  if (held) read_delivery(job, entry, context);
  return job;
}

}  // namespace queuetrace::celery
