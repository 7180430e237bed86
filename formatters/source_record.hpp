// A configured source, as a record; its password never is in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formatters/table_view.hpp"
#include "model/error.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// What the configuration says of a source beside its own table.
struct SourceUse {
  bool is_default = false;          ///< asked where none is named
  std::vector<std::string> groups;  ///< that hold it
};

/// What a source answered when it was asked.
struct SourceAnswer {
  std::optional<ErrorKind> failure;     ///< absent: it answered
  std::string error;                    ///< of a failure, in one printable line
  std::vector<std::string> systems;     ///< found in it
  bool may_change = false;              ///< jobs can be changed in all of them
  std::optional<std::string> obstacle;  ///< why not, in one printable line
  Milliseconds elapsed{};
};

/// Schema `queuetrace.sources/1`, key `sources`. Fields: name, url (masked), system, schema, origin, protected,
/// read_only, viewer, connect_timeout_ms, statement_timeout_ms, keys, redact, default, groups; status (ok, failed),
/// systems, may_change, obstacle, error_code, error and elapsed_ms where it was asked.
Record source_record(const Source& source, const std::optional<SourceUse>& use = {},
                     const std::optional<SourceAnswer>& answer = {});
/// What -o name prints is `name`.
std::span<const Column> source_columns();
/// How tables show it.
const TableView& source_table();
/// The same of sources that were asked.
const TableView& asked_source_table();

}  // namespace queuetrace
