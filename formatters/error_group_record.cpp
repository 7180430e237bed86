#include "formatters/error_group_record.hpp"

#include <array>
#include <cmath>

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns{
    Column{.field = "group", .heading = "GROUP"},
    Column{.field = "count", .heading = "COUNT", .right = true},
    Column{.field = "share_percent", .heading = "SHARE %", .right = true},
    Column{.field = "first_seen_at", .heading = "FIRST SEEN"},
    Column{.field = "last_seen_at", .heading = "LAST SEEN"},
    Column{.field = "attempts", .heading = "ATTEMPTS", .where = Where::wide, .right = true},
    Column{.field = "message", .heading = "MESSAGE", .shrinkable = true},
    Column{.field = "queues", .heading = "QUEUES", .shrinkable = true},
    Column{.field = "kinds", .heading = "KINDS", .where = Where::wide, .shrinkable = true},
    Column{.field = "more", .heading = "MORE", .where = Where::never},
    Column{.field = "systems", .heading = "SYSTEMS", .where = Where::wide},
    Column{.field = "sources", .heading = "SOURCES", .where = Where::wide},
    Column{.field = "sample", .heading = "SAMPLE"},
    Column{.field = "trace_id", .heading = "TRACE"},
    Column{.field = "trace_url", .heading = "TRACE URL", .where = Where::never, .shrinkable = true},
    Column{.field = "sample_error", .heading = "SAMPLE ERROR", .where = Where::never, .shrinkable = true}};

template <typename Known>
Value known_or_nothing(const std::optional<Known>& value) {
  if (!value) return {};
  return *value;
}

}  // namespace

Record error_group_record(const ErrorGroup& group) {
  return {{"group", group.group},
          {"count", static_cast<std::int64_t>(group.count)},
          {"share_percent", std::round(group.share * 10) / 10},
          {"first_seen_at", known_or_nothing(group.first_seen)},
          {"last_seen_at", known_or_nothing(group.last_seen)},
          {"attempts", static_cast<std::int64_t>(group.attempts)},
          {"message", group.message},
          {"queues", Values(group.queues.begin(), group.queues.end())},
          {"kinds", Values(group.kinds.begin(), group.kinds.end())},
          {"more", group.more},
          {"systems", Values(group.systems.begin(), group.systems.end())},
          {"sources", Values(group.sources.begin(), group.sources.end())},
          {"sample", Untrusted(group.sample.source + "/" + group.sample.id.raw())},
          {"trace_id", known_or_nothing(group.trace_id)},
          {"trace_url", known_or_nothing(group.trace_url)},
          {"sample_error", group.sample_error}};
}

std::span<const Column> error_group_columns() { return columns; }

}  // namespace queuetrace
