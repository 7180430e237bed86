// A group of like errors (`job errors`), as a record.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// Parts that the trend of errors divides its time into.
inline constexpr std::size_t trend_parts = 12;

/// Jobs whose errors have the same signature (model/error_signature.hpp).
struct ErrorGroup {
  std::string group;  ///< error_group() of the message
  Untrusted message;  ///< the signature
  std::uint64_t count = 0;
  double share = 0;  ///< percent of all jobs with an error
  std::optional<Timestamp> first_seen, last_seen;
  std::uint64_t attempts = 0;                      ///< of all its jobs together, as far as they are known
  std::map<Untrusted, std::uint64_t> queues;       ///< with how many of its jobs; those without a queue count in none
  std::array<std::uint64_t, trend_parts> trend{};  ///< jobs in each part of the time looked at, the earliest first
  std::set<Untrusted> kinds;
  std::set<std::string> systems, sources;
  bool more = false;  ///< there are more queues or kinds than these
  JobRef sample;
  Untrusted sample_error;
  Untrusted last_error;                  ///< of the job that failed last
  std::optional<Untrusted> trace_id;     ///< of the sample
  std::optional<std::string> trace_url;  ///< of the sample
};

/// Schema `queuetrace.errors/1`, key `groups`. Fields: group, count, share_percent, first_seen_at, last_seen_at,
/// attempts, message, queues, kinds, more, systems, sources, sample, trace_id, trace_url, sample_error, queue_counts
/// (list of {queue, jobs}, most jobs first), trend, last_error. Of the queues at most 20 are named, those with the most
/// jobs.
Record error_group_record(const ErrorGroup& group);
std::span<const Column> error_group_columns();

/// GROUP JOBS FIRST LAST QUEUES, with the last message in full words below; on a wide terminal in the same line,
/// with TREND.
const TableView& error_group_table();

}  // namespace queuetrace
