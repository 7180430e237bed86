#include "backends/proposal.hpp"

#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/open.hpp"
#include "backends/systems/described.hpp"
#include "model/error.hpp"

namespace queuetrace {

SystemProposal propose_system(const Source& source, const std::string& table) {
  switch (family_of(source)) {
    case StorageFamily::postgresql: return propose_from(*connect_postgres(source, Access::read), source, table);
    case StorageFamily::sqlite: return propose_from(*connect_sqlite(source, Access::read), source, table);
    case StorageFamily::redis: break;
  }
  throw Error(ErrorKind::usage, "source '" + source.name + "' is a Redis server: only tables can be described");
}

}  // namespace queuetrace
