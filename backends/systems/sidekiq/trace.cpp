// Where jobs of Sidekiq carry trace context (docs/systems/sidekiq.md section 6).
#include "backends/engines/redis/trace_candidates.hpp"
#include "backends/systems/sidekiq/parts.hpp"

namespace queuetrace::sidekiq {
namespace {

using nlohmann::json;

/// Arguments looked into for trace context.
constexpr std::size_t most_arguments = 8;

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void add_arguments(TraceCandidates& candidates, const std::string& place, const json& arguments) {
  if (!arguments.is_array()) return;
  for (std::size_t i = 0; i < std::min(arguments.size(), most_arguments); ++i)
    if (arguments[i].is_object()) candidates.add_carrier(place + "." + std::to_string(i), dumped(arguments[i]));
}

/// Pairs of header and value, as the instrumentation of Active Job writes them.
std::string carrier_of_pairs(const json& pairs) {
  json carrier = json::object();
  for (const json& pair : pairs)
    if (pair.is_array() && pair.size() == 2 && pair[0].is_string()) carrier[pair[0].get<std::string>()] = pair[1];
  return dumped(carrier);
}

/// The OpenTelemetry client middleware runs again when the poller moves a job, outside of any trace: what it injects
/// then is a new trace id, not sampled.
bool is_replaced(const json& document) {
  const auto header = document.find("traceparent");
  if (header == document.end() || !header->is_string()) return false;
  const std::string& text = header->get_ref<const std::string&>();
  const auto count = document.find("retry_count");
  const bool was_moved = document.contains("retried_at") ||
                         (count != document.end() && count->is_number_integer() && count->get<std::int64_t>() > 0);
  return text.size() == 55 && text.ends_with("-00") && was_moved;
}

}  // namespace

void read_trace(Job& job, std::string_view text, const json& document) {
  // Every name of a carrier but B3's has these letters in it; most jobs carry nothing and need no second look.
  if (text.find("race") == std::string_view::npos && text.find("b3") == std::string_view::npos &&
      text.find("otel") == std::string_view::npos)
    return;
  TraceCandidates candidates;
  const json none;
  const auto arguments = document.find("args");
  const json& first =
      arguments != document.end() && arguments->is_array() && !arguments->empty() ? arguments->front() : none;
  const bool wrapped = first.is_object() && first.contains("job_class");
  // What Active Job serialised stays when the poller moves the job; the top level does not.
  if (wrapped && first.contains("__otel_headers"))
    candidates.add_carrier("active_job_trace", carrier_of_pairs(first["__otel_headers"]));
  json top = json::object();
  for (const auto& [name, value] : document.items())
    if (name != "args" && (value.is_string() || value.is_object())) top[name] = value;
  candidates.add_carrier("job_trace", dumped(top));
  for (const char* name : {"trace_propagation_headers", "newrelic"})
    if (const auto headers = document.find(name); headers != document.end() && headers->is_object())
      candidates.add_carrier(name, dumped(*headers));
  if (wrapped && first.contains("arguments"))
    add_arguments(candidates, "arguments", first["arguments"]);
  else if (arguments != document.end())
    add_arguments(candidates, "args", *arguments);
  if (candidates.fill(job) != nullptr && is_replaced(document))
    job.notes.push_back({"trace-replaced",
                         "the trace id of the job itself was made when it was moved or retried, outside of any trace: "
                         "no viewer has it"});
}

}  // namespace queuetrace::sidekiq
