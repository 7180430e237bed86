// What `top` shows, key by key, on real servers at a fixed time: golden screens in tests/top/cases. With
// QUEUETRACE_ACCEPT=1 the files are rewritten with what was shown; read the difference before it is committed.
//
//   # a remark
//   $ 80x24 queuetrace top -s shop
//   > Down Enter            keys, as tmux names them
//   % 120x40                the terminal has another size now
//   ~ jobs of email         the screen, once it holds this text
//   | a line of it
//   . Press Enter           waits for a text in the last line; the screen is not kept
//   , resume                waits for a text anywhere; the screen is not kept
//   = 0                     the exit code, once it has ended
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

#include "tests/cli/stage.hpp"
#include "tests/cli/transcript.hpp"
#include "tests/support/clean_environment.hpp"
#include "tests/support/held_table.hpp"
#include "tests/top/tmux.hpp"

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* configuration = R"(default = "shop"
browser = ["/bin/true"]
[sources.shop]
url = "${HAMMERWORK_WRITES}"
[sources.prod]
url = "${HAMMERWORK_C}"
protected = true
[sources.files]
url = "${REDIS}"
[sources.hostile]
url = "${REDIS_HOSTILE}"
[sources.gone]
url = "redis://127.0.0.1:1"
)";

/// Ids of operations differ from run to run.
std::string without_operations(const std::string& screen) {
  static const std::regex operation(R"((undo |--operation |\(|-shop-)[0-9a-f]{8}\b)");
  return std::regex_replace(screen, operation, "$1OPERATN");
}

std::pair<int, int> size_of(const std::string& words) {
  return {std::stoi(words), std::stoi(words.substr(words.find('x') + 1))};
}

class Play {
 public:
  const Stage& stage() const { return stage_; }
  RedisServer& redis() { return stage_.redis(); }

  Play() {
    std::string text = configuration;
    for (const auto& [name, value] : stage_.values())
      text = std::regex_replace(text, std::regex("\\$\\{" + name + "\\}"), value);
    std::ofstream(stage_.folder() / "top.toml") << text;
    fs::permissions(stage_.folder() / "top.toml", fs::perms::owner_read | fs::perms::owner_write);
    environment_ = stage_.environment();
    environment_["QUEUETRACE_CONFIG"] = (stage_.folder() / "top.toml").string();
  }

  /// The case as it is shown now. A screen that is drawn in steps is waited for until it is the one of the case; with
  /// `accept`, until it stands still.
  std::string run(const fs::path& file, bool accept) {
    std::ifstream lines(file);
    std::ostringstream shown;
    std::unique_ptr<Tmux> tmux;
    std::string line;
    for (bool more(std::getline(lines, line)); more;) {
      const std::string step = line;
      std::string expected;
      while ((more = bool(std::getline(lines, line))) && line.starts_with("|")) expected += line + "\n";
      const std::string words = step.size() > 2 ? step.substr(2) : "";
      if (!step.starts_with("= ")) shown << step << '\n';
      if (step.starts_with("$ ")) tmux.reset();
      if (step.starts_with("$ ")) tmux = start(words);
      if (step.starts_with("> ")) tmux->press(split_command(words, {}));
      if (step.starts_with("% ")) tmux->resize(size_of(words).first, size_of(words).second);
      if (step.starts_with("~ "))
        shown << as_written(accept ? tmux->screen_with(words) : tmux->screen_when([&](const std::string& screen) {
          return as_written(screen) == expected;
        }));
      const bool waits = step.starts_with(". ") || step.starts_with(", ");
      if (waits && tmux->screen_with(words, step.starts_with(".")).find(words) == std::string::npos)
        shown << "(never seen)\n";
      if (step.starts_with("= ")) shown << "= " << tmux->exit_code() << '\n';
    }
    return shown.str();
  }

  /// Size, variables and words: `80x24 NO_COLOR=1 queuetrace top`.
  std::unique_ptr<Tmux> start(const std::string& line) {
    std::vector<std::string> words = split_command(line, stage_.values());
    const auto [width, height] = size_of(words.front());
    words.erase(words.begin());
    std::map<std::string, std::string> environment = environment_;
    while (words.front() != "queuetrace") {
      environment[words.front().substr(0, words.front().find('='))] = words.front().substr(words.front().find('=') + 1);
      words.erase(words.begin());
    }
    words.front() = QUEUETRACE_PROGRAM;
    return std::make_unique<Tmux>(stage_.folder(), words, environment, width, height);
  }

 private:
  /// The lines of the screen as a case holds them.
  std::string as_written(const std::string& screen) const {
    std::istringstream lines(without_operations(generalised(screen, stage_.values())));
    std::string written;
    for (std::string line; std::getline(lines, line);) written += (line.empty() ? "|" : "| ") + line + "\n";
    return written;
  }

  Stage stage_;
  std::map<std::string, std::string> environment_;
};

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST_CASE("screens of top") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(TOP_CASES)) files.push_back(entry.path());
  std::ranges::sort(files);
  REQUIRE_FALSE(files.empty());
  const char* only = std::getenv("QUEUETRACE_CASE");
  for (const fs::path& file : files) {
    if (only != nullptr && file.stem() != only) continue;
    Play play;
    const bool accept = std::getenv("QUEUETRACE_ACCEPT") != nullptr;
    const std::string shown = play.run(file, accept);
    if (accept) {
      std::ofstream(file) << shown;
      continue;
    }
    INFO(file.filename().string());
    CHECK(shown == text_of(file));
  }
}

TEST_CASE("a server that does not answer holds neither the screen nor the other sources") {
  Play play;
  const std::unique_ptr<Tmux> tmux = play.start("80x24 queuetrace top -s shop -s files --interval 1s");
  tmux->screen_with("jobqueue:low_priority");  // a screen may be looked at while it is drawn
  CHECK(tmux->screen_with("email").find("jobqueue:low_priority") != std::string::npos);
  std::string screen;
  {
    const HeldTable held(play.stage().hammerwork_c(), "hammerwork_jobs");
    screen = tmux->screen_with("s old");
    CHECK(screen.find("email") != std::string::npos);
    CHECK(screen.find("jobqueue:low_priority") != std::string::npos);
    tmux->press({"?"});
    CHECK(tmux->screen_with("Keys of this view").find("Keys of this view") != std::string::npos);
    tmux->press({"?", "5"});
    CHECK(tmux->screen_with("asking shop, files").find("asking shop, files") != std::string::npos);
    tmux->press({"q"});
    CHECK(tmux->exit_code() == 0);
  }
}

TEST_CASE("a server that stands still is told with the time, one that is gone with its error, and both come back") {
  Play play;
  const std::unique_ptr<Tmux> tmux = play.start("80x24 queuetrace top -s shop -s files --interval 1s");
  const auto shows = [&](const std::vector<std::string>& texts, const std::string& absent = "nothing of this") {
    const std::string screen = tmux->screen_when([&](const std::string& seen) {
      return seen.find(absent) == std::string::npos &&
             std::ranges::all_of(texts, [&](const std::string& text) { return seen.find(text) != std::string::npos; });
    });
    CAPTURE(screen);
    for (const std::string& text : texts) CHECK(screen.find(text) != std::string::npos);
    CHECK(screen.find(absent) == std::string::npos);
  };
  shows({"jobqueue:low_priority", "email"});
  RedisServer& redis = play.redis();
  const std::string facts = redis.ask({"INFO", "server"});
  const std::string mark = "process_id:";
  const auto process = static_cast<pid_t>(std::stoi(facts.substr(facts.find(mark) + mark.size())));
  ::kill(process, SIGSTOP);
  shows({"files has not answered for", "s old", "jobqueue:low_priority", "email"});
  tmux->press({"/", "email"});
  shows({"filter email", "email"}, "jobqueue:low_priority");
  tmux->press({"Escape"});
  shows({"jobqueue:low_priority"}, "filter email");
  ::kill(process, SIGCONT);
  shows({"jobqueue:low_priority"}, "has not answered");
  redis.kill();
  shows({"files, numbers of 04:30:00: cannot connect to Redis", "jobqueue:low_priority", "email"});
  redis.start_again();
  redis.load(fs::path(TEST_SYSTEMS) / "go_redis_work_queue/fixtures/standard/load.redis");
  shows({"jobqueue:low_priority", "email"}, "numbers of");
  tmux->press({"q"});
  CHECK(tmux->exit_code() == 0);
}

}  // namespace
}  // namespace queuetrace::test
