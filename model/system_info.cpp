#include "model/system_info.hpp"

namespace queuetrace {

std::string_view to_word(StorageFamily family) {
  switch (family) {
    case StorageFamily::postgresql: return "postgresql";
    case StorageFamily::redis: return "redis";
    case StorageFamily::sqlite: return "sqlite";
  }
  return "";
}

}  // namespace queuetrace
