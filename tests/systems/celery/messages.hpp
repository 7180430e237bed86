// Messages as Celery 5.7 writes them, for tests of one system.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tracing/base64.hpp"

namespace queuetrace::test {

using CeleryCommands = std::vector<std::vector<std::string>>;

inline const std::string celery_separator = "\x06\x16";

/// A message for the queue `celery`, with further headers.
inline std::string celery_message(const std::string& id, const nlohmann::json& more = {}) {
  nlohmann::ordered_json message{
      {"body", base64_encode(R"([[1],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}])")},
      {"content-encoding", "utf-8"},
      {"content-type", "application/json"},
      {"headers", {{"task", "t.add"}, {"id", id}, {"eta", nullptr}, {"retries", 0}, {"root_id", id}}},
      {"properties",
       {{"correlation_id", id},
        {"delivery_info", {{"exchange", ""}, {"routing_key", "celery"}}},
        {"priority", 0},
        {"body_encoding", "base64"},
        {"delivery_tag", "tag-" + id}}}};
  for (const auto& [name, value] : more.items()) message["headers"][name] = value;
  return message.dump();
}

/// The queue `celery` and a worker that was bound.
inline CeleryCommands celery_queue() {
  return {{"SADD", "_kombu.binding.celery", "celery" + celery_separator + celery_separator + "celery"},
          {"SADD", "_kombu.binding.celery.pidbox", celery_separator + celery_separator + "celery@w.celery.pidbox"}};
}

/// What a worker holds since `delivered`, in seconds.
inline CeleryCommands celery_held(const std::string& id, const std::string& delivered,
                                  const nlohmann::json& more = {}) {
  return {{"HSET", "unacked", "tag-" + id, "[" + celery_message(id, more) + R"(,"","celery"])"},
          {"ZADD", "unacked_index", delivered, "tag-" + id}};
}

}  // namespace queuetrace::test
