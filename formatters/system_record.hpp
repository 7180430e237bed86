// What queuetrace knows about a queue system, as a record.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/system_behaviour.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// Schema `queuetrace.systems/1`, key `systems`. Fields: name, title, family, summary, versions, storage, order, trace,
/// limits, states (list of {native, state, when}).
/// `families`: where it may be kept; empty: SystemInfo::family alone.
Record system_record(const SystemInfo& system, std::span<const StorageFamily> families = {});
/// Fields actions (list of {action, effect, warning, leaves_alone}), refusals (list of {action, reason, instead};
/// `pause` for queues) and findings (list of {code, severity, subject, text, remedy}); a table has no room for the
/// last.
Fields behaviour_fields(const SystemBehaviour& behaviour, bool table);
/// What -o name prints is `name`.
std::span<const Column> system_columns();
/// Of a list for people.
const TableView& system_table();

}  // namespace queuetrace
