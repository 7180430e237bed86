// A group of like errors (`job errors`), as a record.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "formatters/table_view.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// Jobs whose errors have the same signature (model/error_signature.hpp).
struct ErrorGroup {
  std::string group;  ///< error_group() of the message
  Untrusted message;  ///< the signature
  std::uint64_t count = 0;
  double share = 0;  ///< percent of all jobs with an error
  std::optional<Timestamp> first_seen, last_seen;
  std::uint64_t attempts = 0;  ///< of all its jobs together, as far as they are known
  std::set<Untrusted> queues, kinds;
  std::set<std::string> systems, sources;
  bool more = false;  ///< `queues` or `kinds` are only some of them
  JobRef sample;
  Untrusted sample_error;
  std::optional<Untrusted> trace_id;     ///< of the sample
  std::optional<std::string> trace_url;  ///< of the sample
};

/// Schema `queuetrace.errors/1`, key `groups`. Fields: group, count, share_percent, first_seen_at, last_seen_at,
/// attempts, message, queues, kinds, more, systems, sources, sample, trace_id, trace_url, sample_error.
Record error_group_record(const ErrorGroup& group);
std::span<const Column> error_group_columns();

/// GROUP JOBS FIRST LAST QUEUES, with the message of the sample in full words below, or behind on a wide terminal.
const TableView& error_group_table();

}  // namespace queuetrace
