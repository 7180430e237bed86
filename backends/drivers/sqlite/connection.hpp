// Sessions on SQLite files: captures, and queues that live in SQLite.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "backends/engines/sql/connection.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// The file of a `sqlite:` URL: `sqlite:FILE`, `sqlite:/FILE`, `sqlite://FILE` and `sqlite:///FILE`; all text after
/// that is the name as it is, so any name can be written. Absent when the scheme is another one or no file is named.
std::optional<std::filesystem::path> sqlite_file(std::string_view url);

/// Opens the file of the source's URL, which must exist, for reading only or for writing as well. The session refuses
/// to attach other files and to load extensions, and does not trust functions in the file's own schema. Queries cannot
/// write in either kind; triggers run and foreign keys hold in a session for writing. A transaction holds the whole
/// file. Throws Error: usage (no file name, not a database, no regular file), not_found (no such file), authentication
/// (no permission to read), unreachable (locked), internal (damaged).
std::shared_ptr<SqlConnection> connect_sqlite(const Source& source, Access access = Access::read);

}  // namespace queuetrace
