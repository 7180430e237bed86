// Whether two sources are one store, however their URLs are written.
#pragma once

#include "model/source.hpp"

namespace queuetrace {

/// Whether both name the same database of the same server, or the same file, as far as their URLs tell: users,
/// passwords, parameters and names are no part of it. In doubt they are the same: the names of this machine and the
/// usual folders of its sockets are one host, and of several hosts one in common is enough. False where a URL names
/// nothing. Looks at files and asks no server.
bool is_same_place(const Source& one, const Source& other);

}  // namespace queuetrace
