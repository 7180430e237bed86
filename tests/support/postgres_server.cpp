#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/support/postgres_process.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;

std::string lines_of(const PGresult& rows) {
  std::string lines;
  for (int row = 0; row < PQntuples(&rows); ++row)
    for (int column = 0; column < PQnfields(&rows); ++column)
      lines += PQgetvalue(&rows, row, column) + std::string(column + 1 < PQnfields(&rows) ? "|" : "\n");
  return lines;
}

/// Where the server's folder is made: in memory where there is room for the hundreds of databases of a program. On disk
/// most of the time goes into finding inodes for their files.
fs::path folder_of_servers() {
  constexpr std::uintmax_t enough = std::uintmax_t{4} << 30;
  const fs::path memory = "/dev/shm";
  std::error_code unknown;
  const fs::space_info room = fs::space(memory, unknown);
  return !unknown && room.available >= enough && access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
}

class Server {
 public:
  static Server& instance() {
    static Server server;
    return server;
  }

  const fs::path& folder() const { return folder_; }
  int process() const { return process_; }

  void start_server() {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    process_ = start_for_postgres({(programs_ / "postgres").string(), "-D", (folder_ / "data").string(), "-k",
                                   folder_.string(), "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                                   "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=40"},
                                  true, nowhere);
    close(nowhere);
    while (
        run_for_postgres({psql_, "-X", "-h", folder_.string(), "-U", "postgres", "-d", "postgres", "-c", ""}).status !=
        0) {
      if (waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = 0;
        throw std::runtime_error("the PostgreSQL server did not start");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
  }

  void kill_all() {
    if (process_ <= 0) return;
    // Stopped first: it must not see that others die, nor start new ones.
    ::kill(process_, SIGSTOP);
    waitpid(process_, nullptr, WUNTRACED);
    const std::vector<pid_t> children = children_of(process_);
    for (const pid_t child : children) ::kill(child, SIGKILL);
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
    for (const pid_t child : children)
      while (!has_ended(child)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  /// Through psql: files may include others.
  void run_file(const std::string& database, const fs::path& file) const {
    const Finished finished = run_for_postgres({psql_, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder_.string(),
                                                "-U", "postgres", "-d", database, "-f", fs::absolute(file).string()});
    if (finished.status != 0) throw std::runtime_error("psql failed: " + finished.output);
  }

  /// The rows of all statements, a line each, fields separated by `|`, NULL as "".
  std::string run(const std::string& database, const std::string& sql) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> session(
        PQconnectdb(("host=" + folder_.string() + " user=postgres dbname=" + database).c_str()), PQfinish);
    PQsetNoticeProcessor(
        session.get(), [](void*, const char*) {}, nullptr);
    if (PQsendQuery(session.get(), sql.c_str()) == 0) throw std::runtime_error(PQerrorMessage(session.get()));
    std::string lines;
    while (const auto result = std::unique_ptr<PGresult, decltype(&PQclear)>(PQgetResult(session.get()), PQclear)) {
      if (PQresultStatus(result.get()) == PGRES_TUPLES_OK)
        lines += lines_of(*result);
      else if (PQresultStatus(result.get()) != PGRES_COMMAND_OK && PQresultStatus(result.get()) != PGRES_EMPTY_QUERY)
        throw std::runtime_error(PQresultErrorMessage(result.get()));
    }
    return lines;
  }

 private:
  Server() : programs_(server_programs()) {
    psql_ = fs::exists(programs_ / "psql") ? (programs_ / "psql").string() : "/usr/bin/psql";
    std::string pattern = (folder_of_servers() / "queuetrace-pg-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    if (geteuid() == 0) {
      const passwd* user = getpwnam("postgres");
      if (user == nullptr) throw std::runtime_error("tests run as root and there is no user postgres for the server");
      if (chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give away a folder");
    }
    const std::string data = (folder_ / "data").string();
    const Finished made = run_for_postgres({(programs_ / "initdb").string(), "-D", data, "-U", "postgres",
                                            "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                                           true);
    if (made.status != 0) throw std::runtime_error("initdb failed: " + made.output);
    // One role has to log in with its password, so that refusals can be tested.
    std::ofstream(fs::path(data) / "pg_hba.conf") << "local all locked scram-sha-256\nlocal all all trust\n";
    start_server();
  }

  ~Server() {
    if (process_ > 0) {
      kill(process_, SIGQUIT);
      waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path programs_;
  std::string psql_;
  fs::path folder_;
  pid_t process_ = 0;
};

}  // namespace

namespace {

std::string create_database(const std::string& from) {
  static std::atomic<int> counter{0};
  const std::string name = "queuetrace_test_" + std::to_string(++counter);
  Server::instance().run("postgres", "CREATE DATABASE " + name + " TEMPLATE " + from);
  return name;
}

/// The name of a database that nobody uses, with what the files load.
std::string template_with(const fs::path& file, const fs::path& second) {
  static std::map<std::pair<fs::path, fs::path>, std::string> templates;
  std::string& name = templates[{fs::absolute(file), second}];
  if (name.empty()) {
    const std::string made = create_database("template1");
    Server::instance().run_file(made, file);
    if (!second.empty()) Server::instance().run_file(made, second);
    name = made;
  }
  return name;
}

}  // namespace

PostgresDatabase::PostgresDatabase() : name_(create_database("template1")) {}

PostgresDatabase::PostgresDatabase(const fs::path& file, const fs::path& second)
    : name_(create_database(template_with(file, second))) {}

PostgresDatabase::~PostgresDatabase() {
  try {
    Server::instance().run("postgres", "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {  // the server goes away with its folder
  }
}

std::string PostgresDatabase::url(std::string_view user) const {
  return "postgresql:///" + name_ + "?host=" + Server::instance().folder().string() +
         "&user=" + std::string(user.empty() ? "postgres" : user);
}

Source PostgresDatabase::source(std::string_view user) const {
  Source source;
  source.name = "test";
  source.url = Secret(url(user));
  return source;
}

Source PostgresDatabase::source_at(std::uint16_t port) const {
  Source source;
  source.name = "test";
  source.url = Secret("postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/" + name_ + "?sslmode=disable");
  return source;
}

void PostgresDatabase::kill_server() const {
  const std::string process =
      ask("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1");
  if (process.empty()) throw std::runtime_error("no session to kill");
  ::kill(std::stoi(process), SIGKILL);
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    try {
      ask("SELECT 1");
      return;
    } catch (const std::runtime_error&) {  // it recovers
    }
  }
}

void PostgresDatabase::run(const std::string& sql) const { Server::instance().run(name_, sql); }
void PostgresDatabase::run_file(const std::filesystem::path& file) const { Server::instance().run_file(name_, file); }
std::string PostgresDatabase::ask(const std::string& sql) const {
  std::string answer = Server::instance().run(name_, sql);
  while (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

std::filesystem::path postgres_socket_folder() { return Server::instance().folder(); }
int postgres_process() { return Server::instance().process(); }
void kill_postgres() { Server::instance().kill_all(); }
void start_postgres() { Server::instance().start_server(); }

namespace {

fs::path standby_sign() { return postgres_socket_folder() / "data" / "standby.signal"; }

}  // namespace

StandbyMode::StandbyMode() {
  Server::instance().run("postgres", "CHECKPOINT");
  kill_postgres();
  std::ofstream(standby_sign()).close();
  start_postgres();
}

StandbyMode::~StandbyMode() {
  kill_postgres();
  std::error_code ignored;
  fs::remove(standby_sign(), ignored);
  start_postgres();
}

}  // namespace queuetrace::test
