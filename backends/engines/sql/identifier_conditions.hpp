// Conditions on ids: a job's own id (whole or by prefix) and the trace, span and correlation ids a row holds.
#pragma once

#include <string>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

class Parameters;

/// The primary key `expression` is one of `wanted`, or begins with it (4 or more characters; numbers are whole). Empty
/// when none of them can be such a key. Uses the key's index: equality, and ranges for prefixes of a UUID.
std::string id_condition(SqlFlavour flavour, SqlType type, const std::string& expression,
                         const std::vector<std::string>& wanted, Parameters& parameters);

/// The same for the ids of a system's jobs (SqlSystem::ids_by_queue); `queue` is the relation's.
std::string id_condition(const BoundSystem& system, const std::string& queue, const std::vector<std::string>& wanted,
                         Parameters& parameters);

/// The rule's text is one of the traces asked for, by equality with their spellings; prefixes compare the beginning,
/// whole contexts look inside.
std::string trace_condition(SqlFlavour flavour, const BoundTrace& rule, const std::vector<TraceQuery>& wanted,
                            Parameters& parameters);

/// The rule's text equals one of `wanted` (in whole contexts: contains it).
std::string plain_condition(SqlFlavour flavour, const BoundTrace& rule, const std::vector<std::string>& wanted,
                            Parameters& parameters);

/// The rule's text equals one of the ids `wanted`, or its array holds one; empty when none of them can be in it.
std::string parent_condition(SqlFlavour flavour, SqlType type, const BoundTrace& rule,
                             const std::vector<std::string>& wanted, Parameters& parameters);

/// The smallest and greatest UUID that begin with `digits` (hex digits with or without dashes); empty texts when none
/// can.
std::pair<std::string, std::string> uuid_range(std::string_view digits);

}  // namespace queuetrace
