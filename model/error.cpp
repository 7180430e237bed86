#include "model/error.hpp"

namespace queuetrace {

std::string_view to_word(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal: return "internal";
    case ErrorKind::usage: return "usage";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::authentication: return "authentication";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::refused: return "refused";
  }
  return "internal";
}

}  // namespace queuetrace
