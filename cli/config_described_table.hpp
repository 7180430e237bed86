// One table of jobs in [systems.NAME] of the configuration file.
#pragma once

#include <string_view>

#include "cli/table_reader.hpp"
#include "model/system_description.hpp"

namespace queuetrace {

/// The keys of a table of jobs; those of [systems.NAME] stand for tables that lack them.
inline constexpr std::string_view described_table_keys[] = {"schema",  "table",  "id",    "prefix", "columns",
                                                            "default", "absent", "epoch", "zone",   "state",
                                                            "states",  "trace",  "order"};

/// Reads the keys of `own`, and problems into it. `shared`: [systems.NAME] where `own` is one of its tables.
TableDescription read_described_table(TableReader& own, TableReader* shared);

}  // namespace queuetrace
