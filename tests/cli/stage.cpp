#include "tests/cli/stage.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "backends/drivers/sqlite/writer.hpp"
#include "tests/cli/transcript.hpp"
#include "tests/support/clean_environment.hpp"
#include "tests/support/run_on_terminal.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;

/// 2026-01-02T04:30:00Z: an hour after the last job of the fixtures.
constexpr const char* fixed_now = "1767328200";

bool is_assignment(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  for (const char c : word.substr(0, equals))
    if (std::isupper(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  return true;
}

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "${" + name + "}";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

/// Escape characters as `\e`.
std::string visible(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\x1b')
      out += "\\e";
    else
      out += c;
  }
  return out;
}

}  // namespace

Stage::Stage(std::map<std::string, std::string> values) : values_(std::move(values)) {
  // The servers tell the time too; the library lies where their own user may read it.
  clock_library_ = folder().parent_path() / (folder().filename().string() + "-clock.so");
  fs::copy_file(FIXED_CLOCK_LIBRARY, clock_library_);
  fs::permissions(clock_library_, fs::perms(0755));
  ::setenv("LD_PRELOAD", clock_library_.c_str(), 1);
  ::setenv("QUEUETRACE_TEST_NOW", fixed_now, 1);
  load_servers();
  ::unsetenv("LD_PRELOAD");
  write_home();
  write_tasks();
  environment_ = clean_environment(folder());
  environment_["LD_PRELOAD"] = clock_library_.string();
  environment_["QUEUETRACE_TEST_NOW"] = fixed_now;
  const ProgramResult made = run({"queuetrace", "demo", (folder() / "demo.db").string()});
  if (made.exit_code != 0) throw std::runtime_error("queuetrace demo failed: " + made.messages);
}

Stage::~Stage() {
  std::error_code ignored;
  fs::remove(clock_library_, ignored);
}

void Stage::load_servers() {
  const fs::path systems = TEST_SYSTEMS;
  for (const char* dialect : {"a", "b", "c"}) {
    databases_.push_back(std::make_unique<PostgresDatabase>());
    const PostgresDatabase& database = *databases_.back();
    database.run_file(systems / "hammerwork/fixtures" / (std::string("dialect_") + dialect) / "load.sql");
    std::string name = std::string("HAMMERWORK_") + dialect;
    name.back() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.back())));
    values_[name] = database.url();
  }
  databases_.push_back(std::make_unique<PostgresDatabase>());  // the one that cases may change
  databases_.back()->run_file(systems / "hammerwork/fixtures/dialect_c/load.sql");
  values_["HAMMERWORK_WRITES"] = databases_.back()->url();
  for (const auto& [variant, name] : {std::pair{"standard", "REDIS"}, std::pair{"renamed_keys", "REDIS_RENAMED"},
                                      std::pair{"hostile", "REDIS_HOSTILE"}}) {
    redis_.push_back(std::make_unique<RedisServer>());
    redis_.back()->load(systems / "go_redis_work_queue/fixtures" / variant / "load.redis");
    values_[name] = "unix://" + redis_.back()->socket_path();
  }
}

void Stage::write_home() {
  values_["CAPTURE"] = "sqlite:" + (folder() / "demo.db").string();
  values_["FOLDER"] = folder().string();
  values_["SOCKET"] = postgres_socket_folder().string();
  values_["REDIS_SOCKET"] = redis_.front()->socket_path();
  for (const fs::directory_entry& entry : fs::directory_iterator(CLI_FILES)) {
    const fs::path target = entry.path().filename() == "config.toml" ? folder() / "config/queuetrace/config.toml"
                                                                     : folder() / entry.path().filename();
    fs::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << replaced(read_text(entry.path()), values_);
    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
  }
}

void Stage::write_tasks() const {
  SqliteWriter writer(folder() / "tasks.db", false);
  writer.execute(read_text(fs::path(TEST_SYSTEMS) / "django/fixtures/sqlite/load.sqlite.sql").c_str());
  writer.finish();
  const fs::path file = folder() / "tasks.toml";
  std::ofstream(file, std::ios::binary) << read_text(fs::path(RECIPES) / "django.toml")
                                        << "[sources.tasks]\nurl = \"sqlite:" << (folder() / "tasks.db").string()
                                        << "\"\n";
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

ProgramResult Stage::run(const std::vector<std::string>& words, const std::string& input) const {
  std::map<std::string, std::string> environment = environment_;
  std::vector<std::string> arguments;
  for (const std::string& word : words) {
    if (arguments.empty() && is_assignment(word))
      environment[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    else
      arguments.push_back(word);
  }
  if (arguments.empty() || arguments.front() != "queuetrace")
    throw std::runtime_error("a case runs queuetrace, nothing else");
  arguments.front() = QUEUETRACE_PROGRAM;
  const auto columns = environment.find("COLUMNS");
  if (columns == environment.end()) return run_program(arguments, environment, input);
  const TerminalResult seen = run_on_terminal(arguments, environment, std::stoi(columns->second));
  return {visible(seen.text), "", seen.exit_code};
}

}  // namespace queuetrace::test
