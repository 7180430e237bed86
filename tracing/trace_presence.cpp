#include "tracing/trace_presence.hpp"

#include <nlohmann/json.hpp>

#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

using StoreJson = nlohmann::json;

PresenceAnswer unknown(std::string problem) { return {Presence::unknown, std::move(problem), true}; }

/// Jaeger's own 404 has a JSON body whose errors say 404 (both of its query APIs).
PresenceAnswer read_jaeger(long status, const StoreJson& body) {
  const bool is_object = body.is_object();
  if (status == 200 && is_object && body.contains("data") && body["data"].is_array())
    return {body["data"].empty() ? Presence::not_there : Presence::there, {}, true};
  if (status == 404 && is_object && body.contains("errors") && body["errors"].is_array())
    for (const StoreJson& error : body["errors"])
      if (error.is_object() && error.contains("code") && error["code"] == 404) return {Presence::not_there, {}, true};
  return unknown("it answered " + std::to_string(status) + ", and not as Jaeger does");
}

/// Zipkin's 404 says `ID not found`.
PresenceAnswer read_zipkin(long status, const std::string& text, const StoreJson& body) {
  if (status == 200 && body.is_array()) return {body.empty() ? Presence::not_there : Presence::there, {}, true};
  if (status == 404 && trimmed(text).ends_with(" not found") && text.size() < 200)
    return {Presence::not_there, {}, true};
  return unknown("it answered " + std::to_string(status) + ", and not as Zipkin does");
}

}  // namespace

PresenceAnswer trace_presence(const PresenceQuestion& question, TraceNumber trace, const HttpBounds& bounds) {
  const bool is_jaeger = question.store == PresenceQuestion::Store::jaeger;
  const std::string url =
      question.base + (is_jaeger ? "/api/traces/" + hex32(trace) : "/api/v2/trace/" + hex_jaeger(trace));
  const HttpAnswer answer = http_get(url, question.headers, bounds);
  if (!answer.problem.empty()) return {Presence::unknown, answer.problem, answer.status != 0};
  const StoreJson body = StoreJson::parse(answer.body, nullptr, false);
  return is_jaeger ? read_jaeger(answer.status, body) : read_zipkin(answer.status, answer.body, body);
}

}  // namespace queuetrace
