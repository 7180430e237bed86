// PgBouncer before a test's PostgreSQL server.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "tests/support/listening_postgres.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// Pools two sessions to the server's database postgres for everybody who asks. Ends with the object or with the thread
/// that started it. Throws std::runtime_error when it is not installed or does not start.
class Pooler {
 public:
  /// `mode`: PgBouncer's word: `session`, `transaction`, `statement`.
  Pooler(const ListeningPostgres& server, const std::string& mode);
  ~Pooler();
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;

  std::string url() const;

 private:
  testing::TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace queuetrace::test
