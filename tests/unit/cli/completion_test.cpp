// Candidates for the shells; tests/install/completion_test runs the real shells.
#include "cli/completion.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/run.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using Words = std::vector<std::string>;

namespace {

Words offered(const Words& words, const Environment& environment = {}) {
  Words result;
  for (const Candidate& candidate : complete(words, environment)) result.push_back(candidate.word);
  return result;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("commands, options and fixed words") {
  CHECK(offered({"comp"}) == Words{"completion"});
  CHECK(offered({"job", ""}) == Words{"list", "show", "errors", "retry", "cancel", "delete", "move", "restore"});
  CHECK(offered({"-s", "x", "job", "l"}) == Words{"list"});
  CHECK(offered({"version", "--no-h"}) == Words{"--no-headers"});
  CHECK(has(offered({"job", "list", "--tr"}), "--trace-id"));
  CHECK(offered({"completion", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(offered({"version", "--color", "a"}) == Words{"auto", "always"});
  CHECK(offered({"version", "--color=al"}) == Words{"--color=always"});
  CHECK(has(offered({"version", "-o", ""}), "jsonl"));
  CHECK_FALSE(has(offered({"version", "-o", ""}), "svg"));
  CHECK(has(offered({"trace", "show", "X", "-o", ""}), "svg"));
  CHECK(has(offered({"trace", "show", "X", "--format=js"}), "--format=jsonl"));
  CHECK(offered({"capture", "--output", ""}) == Words{":files"});
  CHECK(offered({"version", "--config", "x"}) == Words{":files"});
  CHECK(offered({"version", "--bogus="}).empty());
  CHECK(offered({"--", "-"}).empty());
}

TEST_CASE("states and systems come from the catalogue") {
  CHECK(has(offered({"job", "list", "--state", "de"}), "dead"));
  CHECK(has(offered({"job", "list", "--state", "dead,fai"}), "dead,failed"));
  CHECK(offered({"job", "list", "--state", "$(touch pwned),de"}).empty());
  CHECK(has(offered({"system", "show", "hammer"}), "hammerwork"));
}

TEST_CASE("queues, jobs, kinds and groups of errors come from the sources, fields from the command") {
  const testing::TemporaryFolder folder;
  const std::string file = (folder / "demo.db").string();
  Environment environment{{"QUEUETRACE_CONFIG", "/dev/null"}};
  REQUIRE(run({"demo", file, "-o", "name"}, environment) == 0);
  environment["QUEUETRACE_SOURCE"] = file;
  const Words queues = offered({"stats", "-q", ""}, environment);
  CHECK(has(queues, "email"));
  CHECK(has(queues, "jobqueue:high_priority"));
  CHECK(offered({"queue", "show", "ema"}, environment) == Words{"email"});
  CHECK(offered({"job", "list", "--queue=email,pay"}, environment) == Words{"--queue=email,payments"});
  const Words jobs = offered({"job", "show", ""}, environment);
  CHECK(jobs.size() == 32);
  CHECK(offered({"job", "show", jobs.front().substr(0, 8)}, environment) == Words{jobs.front()});
  CHECK(offered({"job", "list", "--error-group", ""}, environment).size() > 2);
  CHECK(offered({"-s", file, "stats", "-q", "ema"}, {{"QUEUETRACE_CONFIG", "/dev/null"}}) == Words{"email"});
  CHECK(offered({"job", "list", "--fields", "id,crea"}) == Words{"id,created_at"});
  CHECK(has(offered({"stats", "--fields", ""}), "oldest_age_ms"));
  CHECK(offered({"version", "--fields", ""}).empty());
}

TEST_CASE("what fails is silent") {
  const Environment dead{{"QUEUETRACE_CONFIG", "/dev/null"}, {"QUEUETRACE_SOURCE", "redis://127.0.0.1:1"}};
  CHECK(offered({"job", "list", "--queue", ""}, dead).empty());
  CHECK(offered({"job", "show", "abcd"}, dead).empty());
  CHECK(offered({"job", "list", "-s", "nosuch", "--queue", ""}, {}).empty());
  CHECK(offered({"undo", ""}, {}).empty());
}

TEST_CASE("sources and viewers come from the configuration; nothing in it is run") {
  char name[] = "/tmp/queuetrace-unit-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  const std::filesystem::path file = folder / "config.toml";
  std::ofstream(file) << "[sources.prod]\nurl = \"redis://h\"\npassword_command = [\"touch\", \"" << folder.string()
                      << "/ran\"]\n[sources.\"$(touch pwned)\"]\nurl = \"redis://h\"\n[groups]\npair = [\"prod\"]\n";
  ::chmod(file.c_str(), 0600);
  const Environment environment{{"QUEUETRACE_CONFIG", file}};
  CHECK(offered({"job", "list", "-s", ""}, environment) == Words{"prod", "pair"});
  CHECK(offered({"job", "list", "--source=pr"}, environment) == Words{"--source=prod"});
  CHECK(offered({"version", "--viewer", "j"}, environment) == Words{"jaeger"});
  CHECK(!std::filesystem::exists(folder / "ran"));
  std::filesystem::remove_all(folder);
}
