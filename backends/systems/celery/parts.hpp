// Celery: the parts of its descriptions that several files share (docs/systems/celery.md).
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/json_value.hpp"
#include "backends/engines/redis/system.hpp"

namespace queuetrace::celery {

/// Options of a source: what is set otherwise than kombu does by itself.
inline constexpr std::string_view separator_option = "sep", steps_option = "priority_steps",
                                  visibility_option = "visibility_timeout", results_option = "results_url",
                                  results_prefix_option = "results_prefix";

/// The sets that tell which queues an exchange sends to: `{prefix}_kombu.binding.{exchange}`.
inline constexpr std::string_view binding_tables = "_kombu.binding.";

/// What stands between the parts of a binding, and between a queue and its priority.
std::string separator_of(const Deployment& deployment);

/// The separator that the members of a table of bindings show; empty: they do not tell.
std::string separator_in(const std::vector<std::string>& bindings);

/// A binding: `routing key, pattern, queue` with the separator between them. The pattern is the regular expression that
/// kombu made of a topic's routing key; empty where keys are compared as they are.
struct Binding {
  std::string_view routing_key, pattern, queue;
};
std::optional<Binding> read_binding(std::string_view member, std::string_view separator);

/// Queues of which the prefix's bindings tell; without those of events and remote control, which hold nothing.
std::vector<std::string> find_queues(RedisConnection& connection, const Deployment& deployment,
                                     const ReadLimits& limits, bool& complete);

/// Adds the lists of every queue, by priority, and what workers hold.
void add_places(RedisConnection& connection, const Source& source, Deployment& deployment);

/// A message as kombu writes it (docs/systems/celery.md section 2.2).
struct Message {
  nlohmann::json headers, properties;  ///< objects
  std::string body;                    ///< unpacked; empty: it cannot be, or is larger than 4 MiB
  bool early = false;                  ///< protocol 1: the facts stand in the body
  nlohmann::json facts;                ///< where the facts stand: the headers, or the body of protocol 1
};
std::optional<Message> read_message(std::string_view text);

/// The message in an element: of a held one the first of three.
std::string_view message_in(const Entry& entry);

/// The body of the message, unpacked, for searching it.
std::string unpacked(const Entry& entry);

bool is_message(std::string_view text);

Job decode(const Entry& entry, const DecodeContext& context);

/// Of a held message when it was delivered, its result if there is one, and the bindings of its exchange.
std::vector<RedisCommand> details(const Entry& entry, const Deployment& deployment, bool whole);

/// Whether a result says that its task is over.
bool has_ended(const Job& result);

/// Adds the result of a task to its message: what its worker says, and what became of it before. The message decides
/// where it stands.
void join_result(Job& message, Job&& result);

extern const std::array<RedisDiagnosisRule, 7> diagnoses;
void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits, DiagnosisReport& report);

extern const std::array<RedisActionRule, 4> actions;
extern const std::array<RedisRefusal, 1> refusals;

// What messages and results have in common.

/// ISO 8601; without a zone it is UTC.
std::optional<Timestamp> time_of(const nlohmann::json& value);
std::string dumped(const nlohmann::json& value);
/// Arguments, positional and named, as one payload.
std::optional<Payload> payload_of(const nlohmann::json& args, const nlohmann::json& kwargs);

}  // namespace queuetrace::celery
