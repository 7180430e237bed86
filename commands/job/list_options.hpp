// How much of a listing is asked for: --limit, --cursor, --payload.
#pragma once

#include <cstdint>
#include <string>

#include "commands/option.hpp"
#include "formatters/formatter.hpp"

namespace queuetrace {

struct ListOptions {
  std::uint64_t limit = 50;  ///< jobs in all; 0: every one, streamed in flat memory
  std::string cursor;        ///< `next_cursor` of the page before; empty: from the start
  bool payload = false;      ///< payloads, results and system-specific fields too
};

/// Whether payloads, results and system-specific fields are to be read: --payload, or --fields names them or parts of
/// them.
bool reads_payloads(bool asked, const FormatterOptions& options);

/// -l/--limit, --cursor and --payload.
OptionTable<ListOptions> list_options();

}  // namespace queuetrace
