// Making a connection within a time, whatever the server sends.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <string>

namespace queuetrace {

/// PQconnectdb(), which waits for as long as a server goes on sending that does not come to an end: here each address
/// gets `longest`. Throws pqxx::broken_connection with what libpq says.
PGconn* connect_within(const std::string& connection_string, std::chrono::milliseconds longest);

}  // namespace queuetrace
