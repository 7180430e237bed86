// Candidates for the shells; tests/install/completion_test runs the real shells.
#include "cli/completion.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

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
