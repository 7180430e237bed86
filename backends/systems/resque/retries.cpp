// What resque-retry, and node-resque's plugin of the same kind, call a job that waits for its next attempt
// (docs/systems/resque.md sections 2.1 and 2.3).
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/engines/redis/made_id.hpp"
#include "backends/systems/resque/parts.hpp"

namespace queuetrace::resque {
namespace {

using nlohmann::json;

constexpr std::string_view blanks = " \t\r\n\f\v";

/// Of the arguments as JavaScript joins them, objects as they are written. Absent: a number is none of whole ones.
std::optional<std::string> joined_by_javascript(std::string_view text) {
  const std::optional<std::string_view> arguments = member_of(text, "args");
  const auto list = nlohmann::ordered_json::parse(arguments.value_or(""), nullptr, false);
  if (!list.is_array()) return std::nullopt;
  std::string joined;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) joined += '-';
    if (list[i].is_number_float()) return std::nullopt;
    if (list[i].is_string())
      joined += list[i].get_ref<const std::string&>();
    else
      joined += list[i].dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return joined;
}

}  // namespace

bool names_queue_second(std::string_view text) {
  const std::optional<std::string_view> arguments = member_of(text, "args"), queue = member_of(text, "queue");
  return arguments && queue && queue->data() < arguments->data();
}

std::optional<RetryKeys> retry_keys(std::string_view text) {
  const json item = parse_bounded(text);
  if (!names_queue_second(text)) {
    const std::optional<std::string> name = retry_name(item);
    return name ? std::optional(RetryKeys{"resque-retry:" + *name, "failure-resque-retry:" + *name}) : std::nullopt;
  }
  const json& kind = member(item, "class");
  const std::optional<std::string> arguments = joined_by_javascript(text);
  if (!kind.is_string() || !arguments) return std::nullopt;
  const std::string name = kind.get<std::string>();
  RetryKeys keys{"resque-retry:" + name + (arguments->empty() ? "" : ":" + *arguments),
                 "failure-resque-retry:" + name + ":" + *arguments};
  for (std::string* key : {&keys.count, &keys.failure})  // the first blank alone
    if (const std::size_t blank = key->find_first_of(blanks); blank != std::string::npos) key->erase(blank, 1);
  return keys;
}

std::optional<std::string> retry_name(const json& item) {
  const json& name = member(item, "class");
  const json& arguments = member(item, "args");
  if (!name.is_string() || !(arguments.is_array() || arguments.is_null())) return std::nullopt;
  std::string joined;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const json& argument = arguments[i];
    if (i > 0) joined += '-';
    if (argument.is_string())
      joined += argument.get_ref<const std::string&>();
    else if (argument.is_number_integer() || argument.is_boolean())
      joined += argument.dump();
    else if (!argument.is_null())
      return std::nullopt;
  }
  std::string key = name.get<std::string>();
  if (!arguments.empty()) key += ":" + sha1_hex(joined);
  std::erase_if(key, [](char c) { return blanks.find(c) != std::string_view::npos; });
  return key;
}

}  // namespace queuetrace::resque
