// The parts of the configuration file, one reader each; only cli/config.cpp includes this.
#pragma once

#include "cli/config_file.hpp"
#include "cli/table_reader.hpp"
#include "model/configuration.hpp"

namespace queuetrace {

/// [sources.NAME], [groups] and `default`.
void read_sources(TableReader& top, const Environment& environment, Configuration& configuration);

/// [systems.NAME].
void read_systems(TableReader& top, Configuration& configuration);

/// [viewers.NAME] and the keys of the queue systems' own configuration, at the top or in [tracing]: jaeger_base_url,
/// zipkin_base_url, custom_trace_url, default_trace_viewer, enable_copy_actions, enable_open_actions. Adds the
/// built-in viewers that are not configured.
void read_viewers(TableReader& top, Configuration& configuration);

}  // namespace queuetrace
