// A message of Celery as kombu writes it to Redis (docs/systems/celery.md section 2.2).
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/inflate.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/systems/celery/parts.hpp"
#include "tracing/base64.hpp"

namespace queuetrace::celery {
namespace {

using nlohmann::json;

constexpr std::size_t largest_body = 4u << 20;

/// What the headers call gzip is a stream of zlib.
std::string unpacked_body(std::string body, const json& compression) {
  if (!compression.is_string()) return body;
  const std::string& name = compression.get_ref<const std::string&>();
  if (name == "application/x-gzip") return inflate_whole(body, largest_body).value_or(std::string());
  return {};  // of another library
}

}  // namespace

std::optional<Timestamp> time_of(const json& value) {
  return value.is_string() ? parse_timestamp(value.get_ref<const std::string&>()) : std::nullopt;
}

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::optional<Payload> payload_of(const json& args, const json& kwargs) {
  if (args.is_null() && kwargs.is_null()) return std::nullopt;
  // What was shortened for people is text, and no JSON of the task's.
  const bool whole = !args.is_string() && !kwargs.is_string();
  if (whole) {
    std::string text = "{\"args\":" + dumped(args) + ",\"kwargs\":" + dumped(kwargs) + "}";
    const std::size_t size = text.size();
    return Payload{Payload::Form::json, Untrusted(std::move(text)), size};
  }
  std::string text = args.is_string() ? args.get<std::string>() : std::string();
  if (kwargs.is_string()) text += (text.empty() ? "" : " ") + kwargs.get<std::string>();
  const std::size_t size = text.size();
  return Payload{Payload::Form::text, Untrusted(std::move(text)), size};
}

std::optional<Message> read_message(std::string_view text) {
  json document = parse_bounded(text);
  if (!document.is_object() || !member(document, "properties").is_object()) return std::nullopt;
  Message message;
  message.properties = std::move(document["properties"]);
  if (member(document, "headers").is_object()) message.headers = std::move(document["headers"]);
  const json& body = member(document, "body");
  if (body.is_string()) {
    const std::string& stored = body.get_ref<const std::string&>();
    const bool encoded = member(message.properties, "body_encoding") == "base64";
    message.body = unpacked_body(encoded ? base64_decode(stored).value_or(std::string()) : stored,
                                 member(message.headers, "compression"));
  }
  message.facts = message.headers;
  if (!member(message.headers, "task").is_string()) {
    json facts = parse_bounded(message.body);
    message.early = member(facts, "task").is_string();
    if (message.early) message.facts = std::move(facts);
  }
  return message;
}

std::string_view message_in(const Entry& entry) {
  if (entry.place.role != PlaceRole::running) return entry.raw;
  return first_element(entry.raw).value_or(entry.raw);
}

std::string unpacked(const Entry& entry) {
  const std::optional<Message> message = read_message(message_in(entry));
  return message ? message->body : std::string();
}

bool is_message(std::string_view text) {
  const std::optional<Message> message = read_message(text);
  return message && member(message->facts, "task").is_string() &&
         member(message->properties, "delivery_tag").is_string();
}

}  // namespace queuetrace::celery
