#include "tracing/trace_presence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

using StoreJson = nlohmann::json;

PresenceAnswer unknown(std::string problem) { return {Presence::unknown, std::move(problem), true}; }

/// Whether one of the errors, each an object, has this member with the value 404.
bool says_404(const StoreJson& errors, const char* name) {
  if (errors.is_object()) return errors.contains(name) && errors[name] == 404;
  return errors.is_array() &&
         std::any_of(errors.begin(), errors.end(), [&](const StoreJson& error) { return says_404(error, name); });
}

const StoreJson& member_of(const StoreJson& document, const char* name) {
  static const StoreJson none;
  return document.is_object() && document.contains(name) ? document[name] : none;
}

PresenceAnswer known(bool there) { return {there ? Presence::there : Presence::not_there, {}, true}; }

/// Its own 404 has a JSON body whose errors say 404.
PresenceAnswer read_jaeger(long status, const std::string&, const StoreJson& body) {
  const StoreJson& data = member_of(body, "data");
  if (status == 200 && data.is_array()) return known(!data.empty());
  if (status == 404 && says_404(member_of(body, "errors"), "code")) return known(false);
  return unknown("it answered " + std::to_string(status) + ", and not as Jaeger does");
}

/// Its own 404 has a JSON body with the error's httpCode.
PresenceAnswer read_jaeger_third(long status, const std::string&, const StoreJson& body) {
  const StoreJson& spans = member_of(member_of(body, "result"), "resourceSpans");
  if (status == 200 && spans.is_array()) return known(!spans.empty());
  if (status == 404 && says_404(member_of(body, "error"), "httpCode")) return known(false);
  return unknown("it answered " + std::to_string(status) + ", and not as Jaeger does");
}

/// Its 404 says `ID not found`.
PresenceAnswer read_zipkin(long status, const std::string& text, const StoreJson& body) {
  if (status == 200 && body.is_array()) return known(!body.empty());
  if (status == 404 && trimmed(text).ends_with(" not found") && text.size() < 200) return known(false);
  return unknown("it answered " + std::to_string(status) + ", and not as Zipkin does");
}

using Reading = PresenceAnswer (*)(long status, const std::string& text, const StoreJson& body);

PresenceAnswer ask(const SpanStoreSettings& store, const std::string& path, Reading read, const HttpBounds& bounds) {
  const HttpAnswer answer = http_get(store.base + path, store.headers, bounds);
  if (!answer.problem.empty()) return {Presence::unknown, answer.problem, answer.status != 0};
  return read(answer.status, answer.body, StoreJson::parse(answer.body, nullptr, false));
}

}  // namespace

PresenceAnswer trace_presence(const SpanStoreSettings& store, TraceNumber trace, const HttpBounds& bounds) {
  switch (store.api) {
    case SpanApi::zipkin: return ask(store, "/api/v2/trace/" + hex_jaeger(trace), read_zipkin, bounds);
    case SpanApi::jaeger: {
      const PresenceAnswer first = ask(store, "/api/traces/" + hex32(trace), read_jaeger, bounds);
      if (first.presence != Presence::unknown || !first.answered) return first;
      const PresenceAnswer third = ask(store, "/api/v3/traces/" + hex32(trace), read_jaeger_third, bounds);
      return third.presence == Presence::unknown ? first : third;
    }
    case SpanApi::tempo: break;
  }
  return {Presence::unknown, "it does not say whether it has a trace", false};
}

}  // namespace queuetrace
