// A PostgreSQL session. The only place that sees libpqxx.
#pragma once

#include <memory>

#include "backends/engines/sql/connection.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// Connects to Source::url: a URL, libpq keywords (`host=db dbname=jobs`, `service=jobs`) or nothing, for libpq's PG*
/// variables. Source::password wins over the URL's. What the URL leaves out is filled in: connect_timeout from the
/// source, application_name `queuetrace`; no other start-up parameter is sent, and everything else is set inside each
/// transaction (`BEGIN READ ONLY`, SET LOCAL), so the session works behind a transaction pooler and leaves no trace in
/// its server connections. A lost connection is opened anew by the next query.
/// Throws Error: authentication, not_found (database, service), unreachable, usage (the text is not a connection
/// string), internal (libpq is not installed).
std::shared_ptr<SqlConnection> connect_postgres(const Source& source, Access access = Access::read);

}  // namespace queuetrace
