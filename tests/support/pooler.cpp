#include "tests/support/pooler.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/loopback_listener.hpp"
#include "tests/support/postgres_process.hpp"

namespace queuetrace::test {

Pooler::Pooler(const ListeningPostgres& server, const std::string& mode) {
  const LoopbackListener listener = listen_on_loopback();
  ::close(listener.descriptor);
  port_ = listener.port;
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);  // it runs as another user
  const std::string file = folder_ / "pgbouncer.ini", log = folder_ / "log";
  std::ofstream(file) << "[databases]\npostgres = host=" << server.folder().string() << " port=" << server.port()
                      << " user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                      << "\nunix_socket_dir =\nauth_type = any\ndefault_pool_size = 2\npool_mode = " << mode << '\n';
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  process_ = start_for_postgres({"/usr/sbin/pgbouncer", file}, true, output);
  ::close(output);
  while (run_for_postgres({"/usr/bin/psql", "-X", "-c", "", url()}).status != 0) {
    if (::waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = 0;
      std::ifstream said(log);
      throw std::runtime_error("PgBouncer did not start: " +
                               std::string(std::istreambuf_iterator<char>(said), std::istreambuf_iterator<char>()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
}

Pooler::~Pooler() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string Pooler::url() const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres?sslmode=disable";
}

}  // namespace queuetrace::test
