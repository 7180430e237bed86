#include "backends/systems/asynq/messages.hpp"

#include <algorithm>

#include "backends/systems/asynq/wire_reader.hpp"

namespace queuetrace::asynq {
namespace {

constexpr std::size_t most_headers = 64;
constexpr std::size_t most_queues_of_server = 1'000;

/// An entry of a map: 1 is the key, 2 the value. Views into `bytes`.
std::pair<std::string_view, std::string_view> read_entry(std::string_view bytes) {
  std::pair<std::string_view, std::string_view> entry;
  for (WireReader fields(bytes); fields.next();) {
    if (fields.field() == 1) entry.first = fields.bytes();
    if (fields.field() == 2) entry.second = fields.bytes();
  }
  return entry;
}

/// google.protobuf.Timestamp: 1 seconds, 2 nanoseconds.
std::optional<Timestamp> read_time(std::string_view bytes) {
  std::int64_t seconds = 0, nanoseconds = 0;
  for (WireReader fields(bytes); fields.next();) {
    if (fields.field() == 1) seconds = fields.number();
    if (fields.field() == 2) nanoseconds = std::clamp<std::int64_t>(fields.number(), 0, 999'999'999);
  }
  std::optional<Timestamp> time = time_at(seconds);
  if (time) *time += std::chrono::microseconds(nanoseconds / 1000);
  return time;
}

}  // namespace

std::optional<Timestamp> time_at(std::int64_t unix_seconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (unix_seconds <= 0 || unix_seconds >= year_10000) return std::nullopt;
  return Timestamp(std::chrono::seconds(unix_seconds));
}

TaskMessage read_task(std::string_view bytes) {
  TaskMessage task;
  WireReader fields(bytes);
  const auto count = [&] { return std::clamp<std::int64_t>(fields.number(), 0, INT32_MAX); };
  while (fields.next()) {
    switch (fields.field()) {
      case 1: task.type = fields.bytes(); break;
      case 2: task.payload = fields.bytes(); break;
      case 3: task.id = fields.bytes(); break;
      case 4: task.queue = fields.bytes(); break;
      case 5: task.most_retries = count(); break;
      case 6: task.retried = count(); break;
      case 7: task.error = fields.bytes(); break;
      case 8: task.timeout_s = fields.number(); break;
      case 9: task.deadline = fields.number(); break;
      case 11: task.last_failed = fields.number(); break;
      case 12: task.retention_s = fields.number(); break;
      case 13: task.completed = fields.number(); break;
      case 14: task.group = fields.bytes(); break;
      case 15:
        if (task.headers.size() < most_headers) task.headers.push_back(read_entry(fields.bytes()));
        break;
      default: break;
    }
  }
  task.readable = fields.intact() && !task.type.empty() && !task.id.empty();
  return task;
}

std::optional<WorkerInfo> read_worker(std::string_view bytes) {
  std::string_view host, server;
  std::int64_t process = 0;
  WorkerInfo info;
  WireReader fields(bytes);
  while (fields.next()) {
    if (fields.field() == 1) host = fields.bytes();
    if (fields.field() == 2) process = fields.number();
    if (fields.field() == 3) server = fields.bytes();
    if (fields.field() == 8) info.started_at = read_time(fields.bytes());
  }
  if (!fields.intact() || server.empty()) return std::nullopt;
  info.worker = std::string(host) + ":" + std::to_string(process) + ":" + std::string(server);
  return info;
}

std::optional<ServerInfo> read_server(std::string_view bytes) {
  ServerInfo info;
  WireReader fields(bytes);
  while (fields.next()) {
    if (fields.field() == 5 && info.queues.size() < most_queues_of_server)
      info.queues.emplace(read_entry(fields.bytes()).first);
    if (fields.field() == 7) info.takes_tasks = fields.bytes() == "active";
  }
  if (!fields.intact()) return std::nullopt;
  return info;
}

}  // namespace queuetrace::asynq
