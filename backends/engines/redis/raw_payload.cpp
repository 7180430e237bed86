#include "backends/engines/redis/raw_payload.hpp"

#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"

namespace queuetrace {
namespace {

bool is_utf8(std::string_view bytes) {
  try {
    return !nlohmann::json(bytes).dump().empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace

Payload raw_payload(std::string_view bytes) {
  Payload::Form form = Payload::Form::json;
  if (!is_json(bytes)) form = is_utf8(bytes) ? Payload::Form::text : Payload::Form::binary;
  return {form, Untrusted(std::string(bytes)), bytes.size()};
}

}  // namespace queuetrace
