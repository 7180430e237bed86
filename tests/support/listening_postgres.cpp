#include "tests/support/listening_postgres.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/loopback_listener.hpp"
#include "tests/support/postgres_process.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;

/// The server will only use a key that is its own and that nobody else may read.
void copy_for_server(const fs::path& from, const fs::path& to) {
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
  const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (user != nullptr && chown(to.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give away " + to.string());
}

fs::path new_folder() {
  std::string pattern = (fs::temp_directory_path() / "queuetrace-pg-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

std::uint16_t port_that_is_free() {
  const LoopbackListener listener = listen_on_loopback();
  ::close(listener.descriptor);
  return listener.port;
}

}  // namespace

ListeningPostgres::ListeningPostgres(const std::string& rules) : folder_(new_folder()) { start(rules); }

ListeningPostgres::ListeningPostgres(const std::string& rules, const Certificate& own,
                                     const CertificateAuthority& authority)
    : folder_(new_folder()),
      settings_{"ssl=on", "ssl_cert_file=" + (folder_ / "server.pem").string(),
                "ssl_key_file=" + (folder_ / "server-key.pem").string(),
                "ssl_ca_file=" + (folder_ / "authority.pem").string()} {
  copy_for_server(authority.certificate(), folder_ / "authority.pem");
  copy_for_server(own.certificate, folder_ / "server.pem");
  copy_for_server(own.key, folder_ / "server-key.pem");
  start(rules);
}

ListeningPostgres::~ListeningPostgres() {
  if (process_ > 0) {
    kill(process_, SIGQUIT);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void ListeningPostgres::start(const std::string& rules) {
  const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (user != nullptr && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give away a folder");
  const fs::path data = folder_ / "data", programs = server_programs();
  const Finished made = run_for_postgres({(programs / "initdb").string(), "-D", data.string(), "-U", "postgres",
                                          "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                                         true);
  if (made.status != 0) throw std::runtime_error("initdb failed: " + made.output);
  std::ofstream(data / "pg_hba.conf") << "local all postgres trust\n" << rules;
  port_ = port_that_is_free();
  std::vector<std::string> words{(programs / "postgres").string(), "-D", data.string(), "-k", folder_.string()};
  settings_.insert(settings_.end(),
                   {"listen_addresses=127.0.0.1", "port=" + std::to_string(port_), "fsync=off", "max_connections=20"});
  for (const std::string& setting : settings_) words.insert(words.end(), {"-c", setting});
  const std::string log = (folder_ / "log").string();
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  process_ = start_for_postgres(words, true, output);
  close(output);
  while (run_for_postgres({"/usr/bin/psql", "-X", "-h", folder_.string(), "-p", std::to_string(port_), "-U", "postgres",
                           "-d", "postgres", "-c", ""})
             .status != 0) {
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = 0;
      std::ifstream said(log);
      throw std::runtime_error("the PostgreSQL server did not start: " +
                               std::string(std::istreambuf_iterator<char>(said), std::istreambuf_iterator<char>()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
}

std::string ListeningPostgres::psql(const std::vector<std::string>& words) const {
  std::vector<std::string> all{
      "/usr/bin/psql",       "-X", "-q",       "-A", "-t",      "-v", "ON_ERROR_STOP=1", "-h", folder_.string(), "-p",
      std::to_string(port_), "-U", "postgres", "-d", "postgres"};
  all.insert(all.end(), words.begin(), words.end());
  Finished finished = run_for_postgres(all);
  if (finished.status != 0) throw std::runtime_error("psql failed: " + finished.output);
  while (finished.output.ends_with('\n')) finished.output.pop_back();
  return std::move(finished.output);
}

void ListeningPostgres::run(const std::string& sql) const { psql({"-c", sql}); }
void ListeningPostgres::run_file(const fs::path& file) const { psql({"-f", fs::absolute(file).string()}); }
std::string ListeningPostgres::ask(const std::string& sql) const { return psql({"-c", sql}); }

void ListeningPostgres::show(const Certificate& own) {
  copy_for_server(own.certificate, folder_ / "server.pem");
  copy_for_server(own.key, folder_ / "server-key.pem");
  const std::string before = ask("SELECT pg_conf_load_time()");
  run("SELECT pg_reload_conf()");
  while (ask("SELECT pg_conf_load_time()") == before) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace queuetrace::test
