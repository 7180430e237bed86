// A configured source, as a record; its password never is in it.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// Schema `queuetrace.sources/1`, key `sources`. Fields: name, url (masked), system, schema, origin, protected,
/// read_only, viewer, connect_timeout_ms, statement_timeout_ms, keys, redact.
Record source_record(const Source& source);
/// What -o name prints is `name`.
std::span<const Column> source_columns();

}  // namespace queuetrace
