// A configured source, as a record; its password never is in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formatters/table_view.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// What the configuration says of a source beside its own table.
struct SourceUse {
  bool is_default = false;          ///< asked where none is named
  std::vector<std::string> groups;  ///< that hold it
};

/// Schema `queuetrace.sources/1`, key `sources`. Fields: name, url (masked), system, schema, origin, protected,
/// read_only, viewer, connect_timeout_ms, statement_timeout_ms, keys, redact, default, groups.
Record source_record(const Source& source, const std::optional<SourceUse>& use = {});
/// What -o name prints is `name`.
std::span<const Column> source_columns();
/// How tables show it.
const TableView& source_table();

}  // namespace queuetrace
