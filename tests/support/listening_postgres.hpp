// A PostgreSQL server that listens on the loopback address, with settings and rules of its own: for tests of how one
// logs in and through what one connects.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/certificates.hpp"

namespace queuetrace::test {

/// Ends with the object, or with the thread that started it. Throws std::runtime_error when it cannot be started.
class ListeningPostgres {
 public:
  /// `rules`: lines of pg_hba.conf behind the one that lets the test itself in by the socket. `own`: what it shows who
  /// asks for TLS; clients' certificates are looked at where `authority` signed them.
  explicit ListeningPostgres(const std::string& rules);
  ListeningPostgres(const std::string& rules, const Certificate& own, const CertificateAuthority& authority);
  ~ListeningPostgres();
  ListeningPostgres(const ListeningPostgres&) = delete;
  ListeningPostgres& operator=(const ListeningPostgres&) = delete;

  std::uint16_t port() const { return port_; }
  const std::filesystem::path& folder() const { return folder_; }  ///< of its socket

  /// Statements or a file, in the database postgres and through psql as the superuser postgres.
  void run(const std::string& sql) const;
  void run_file(const std::filesystem::path& file) const;
  /// What a SELECT says, unaligned.
  std::string ask(const std::string& sql) const;
  /// Shows this certificate from now on.
  void show(const Certificate& own);

 private:
  void start(const std::string& rules);
  std::string psql(const std::vector<std::string>& words) const;

  std::filesystem::path folder_;
  std::vector<std::string> settings_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace queuetrace::test
