// The configuration file: what it becomes, what is wrong with it, and which files are trusted.
#include "cli/config.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "commands/config/configuration_toml.hpp"
#include "model/connection_url.hpp"

using namespace queuetrace;

namespace {

Configuration read(const std::string& text, const Environment& environment = {}) {
  return parse_configuration(text, "/etc/q/config.toml", environment);
}

/// `line: text (hint)` of each problem.
std::vector<std::string> problems(const std::string& text) {
  std::vector<std::string> result;
  for (const ConfigurationProblem& problem : read(text).problems)
    result.push_back(std::to_string(problem.line) + ": " + problem.text +
                     (problem.hint.empty() ? "" : " (" + problem.hint + ")"));
  return result;
}

/// A private folder that goes with its contents.
struct Folder {
  std::filesystem::path path;
  Folder() {
    char name[] = "/tmp/queuetrace-unit-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path file(const std::string& name, const std::string& text, mode_t mode) const {
    std::ofstream(path / name) << text;
    ::chmod((path / name).c_str(), mode);
    return path / name;
  }
};

}  // namespace

TEST_CASE("a file that is no TOML is one problem, and the defaults stay") {
  const Configuration configuration = read("[sources.a]\nurl = \"redis://h\"\nurl = \"redis://i\"\n");
  REQUIRE(configuration.problems.size() == 1);
  CHECK(configuration.problems[0].line == 3);
  CHECK(configuration.sources.empty());
  CHECK(configuration.viewers.size() == 2);
}

TEST_CASE("sources, groups and programs") {
  const Configuration configuration = read(R"(
default = "all"
redact = ["card*"]
pager = "less -R"
browser = ["my browser", "--new"]
[sources.prod]
url = "postgresql://app@db.example/jobs"
system = "hammerwork"
schema = "queue"
protected = true
read_only = true
redact = "iban"
viewer = "jaeger"
connect_timeout = "2s"
statement_timeout = 30
password_command = ["pass", "jobs prod"]
[sources.cache]
url = "${CACHE_URL}"
system_config = "go.yaml"
password_file = "~/secret"
[sources.cache.keys]
dlq = "q:dead"
worker.queues.high = "q:high"
[groups]
all = ["prod", "cache"]
)",
                                           {{"CACHE_URL", "redis://cache:6379/2"}, {"HOME", "/home/me"}});
  CHECK(configuration.problems.empty());
  REQUIRE(configuration.sources.size() == 2);
  const Source& prod = configuration.sources[0];
  CHECK(prod.name == "prod");
  CHECK(prod.origin == "config.toml [sources.prod]");
  CHECK(prod.url.reveal() == "postgresql://app@db.example/jobs");
  CHECK(prod.system == "hammerwork");
  CHECK(prod.schema == "queue");
  CHECK(prod.is_protected);
  CHECK(prod.read_only);
  CHECK(prod.redact == std::vector<std::string>{"iban"});
  CHECK(prod.viewer == "jaeger");
  CHECK(prod.connect_timeout == std::chrono::seconds(2));
  CHECK(prod.statement_timeout == std::chrono::seconds(30));
  CHECK(prod.password_command == std::vector<std::string>{"pass", "jobs prod"});
  CHECK(!prod.password);
  const Source& cache = configuration.sources[1];
  CHECK(cache.url.reveal() == "redis://cache:6379/2");
  CHECK(cache.system_config == "/etc/q/go.yaml");
  CHECK(cache.password_file == "/home/me/secret");
  CHECK(cache.keys == std::map<std::string, std::string>{{"dlq", "q:dead"}, {"worker.queues.high", "q:high"}});
  CHECK(configuration.groups.at("all") == std::vector<std::string>{"prod", "cache"});
  CHECK(configuration.default_sources == std::vector<std::string>{"all"});
  CHECK(configuration.redact == std::vector<std::string>{"card*"});
  CHECK(configuration.pager == std::vector<std::string>{"less", "-R"});
  CHECK(configuration.browser == std::vector<std::string>{"my browser", "--new"});
}

TEST_CASE("ages that deserve attention") {
  using namespace std::chrono_literals;
  CHECK_FALSE(read("").ages);
  const Configuration both = read("warn_age = \"90s\"\nalert_age = \"2h\"\n");
  CHECK(both.problems.empty());
  REQUIRE(both.ages);
  CHECK(both.ages->warn == 90s);
  CHECK(both.ages->alert == 2h);
  // Where one is missing, its default gives way to the other.
  CHECK(read("warn_age = \"3h\"\n").ages->alert == 3h);
  CHECK(read("alert_age = \"5m\"\n").ages->warn == 5min);
  CHECK(read("alert_age = \"2h\"\n").ages->warn == 10min);
  CHECK(
      problems("alert_age = \"5m\"\nwarn_age = \"10m\"\n") ==
      std::vector<std::string>{"2: warn_age: longer than alert_age (jobs are warned about before they are an alert)"});
  CHECK(problems("warn_age = \"soon\"\n").size() == 1);
}

TEST_CASE("viewers and the tracing keys of the queue systems") {
  const Configuration defaults = default_configuration();
  REQUIRE(defaults.viewers.size() == 2);
  CHECK(defaults.viewers[0].name == "jaeger");
  CHECK(defaults.viewers[0].base == "http://localhost:16686");
  CHECK(defaults.viewers[0].is_default);
  CHECK(defaults.viewers[1].base == "http://localhost:9411");
  CHECK(defaults.default_viewer == "jaeger");
  CHECK(defaults.copy_actions);

  for (const std::string heading : {"", "[tracing]\n"}) {
    const Configuration configuration = read(heading + R"(
jaeger_base_url = "https://jaeger.example"
custom_trace_url = "https://traces.example/t/{traceID}"
default_trace_viewer = "custom"
enable_copy_actions = false
enable_open_actions = false
)");
    CHECK(configuration.problems.empty());
    CHECK(configuration.default_viewer == "custom");
    CHECK(!configuration.copy_actions);
    CHECK(!configuration.open_actions);
    REQUIRE(configuration.viewers.size() == 3);
    CHECK(configuration.viewers[0].base == "https://jaeger.example");
    CHECK(!configuration.viewers[0].is_default);
    CHECK(configuration.viewers[1].url == "https://traces.example/t/{traceID}");
    CHECK(configuration.viewers[2].name == "zipkin");
  }
  CHECK(read("default_trace_viewer = \"custom\"").default_viewer == "jaeger");
}

TEST_CASE("problems carry their line and the nearest known key; values stay out") {
  CHECK(problems("colour = 1") == std::vector<std::string>{"1: unknown key 'colour'"});
  CHECK(problems("[sources.a]\nurl = \"redis://h\"\nprotcted = true\n") ==
        std::vector<std::string>{"3: unknown key 'protcted' in [sources.a] (did you mean 'protected'?)"});
  CHECK(problems("[sources.a]\nurl = 5\nread_only = \"yes\"\n") ==
        std::vector<std::string>{"2: [sources.a] url: must be a quoted string",
                                 "3: [sources.a] read_only: must be true or false"});
  CHECK(problems("[sources.a]\nsystem = \"x\"\n") == std::vector<std::string>{"1: [sources.a] url: is missing"});
  CHECK(problems("default = \"prd\"\n[sources.prod]\nurl = \"redis://h\"\n") ==
        std::vector<std::string>{"1: default: there is no source 'prd' (did you mean 'prod'?)"});
  CHECK(problems("[sources.\"a/b\"]\nurl = \"redis://h\"\n").size() == 1);
  CHECK(problems("[sources.a]\nurl = \"redis://h\"\nconnect_timeout = \"soon\"\n")
            .at(0)
            .starts_with("3: [sources.a] connect_timeout: must be a duration"));
  CHECK(problems("[viewers.x]\nwindow = \"1h\"\n") ==
        std::vector<std::string>{"1: [viewers] x: needs either preset (with base) or url"});
  CHECK(problems("default_trace_viewer = \"jeager\"") ==
        std::vector<std::string>{"1: default_trace_viewer: there is no viewer 'jeager' (did you mean 'jaeger'?)"});
  CHECK(problems("output = \"jsn\"") ==
        std::vector<std::string>{"1: output: there is no format 'jsn' (did you mean 'json'?)"});
  REQUIRE(problems("a = [1,\nb = 2\n").size() == 1);
  for (const std::string& problem : problems("[sources.a]\nurl = \"mysql://u:CANARY-7f3a@h/d\"\n"))
    CHECK(problem.find("CANARY") == std::string::npos);
}

TEST_CASE("the file is looked for in the user's folder only") {
  const std::optional<std::filesystem::path> none;
  CHECK(configuration_path("/a.toml", {{"QUEUETRACE_CONFIG", "/b.toml"}}) == "/a.toml");
  CHECK(configuration_path(none, {{"QUEUETRACE_CONFIG", "/b.toml"}, {"HOME", "/h"}}) == "/b.toml");
  CHECK(configuration_path(none, {{"XDG_CONFIG_HOME", "/x"}, {"HOME", "/h"}}) == "/x/queuetrace/config.toml");
  CHECK(configuration_path(none, {{"XDG_CONFIG_HOME", "x"}, {"HOME", "/h"}}) == "/h/.config/queuetrace/config.toml");
  CHECK(configuration_path(none, {{"HOME", "."}}).empty());
  CHECK(configuration_path(none, {}).empty());
}

TEST_CASE("files that others could have written are refused") {
  const Folder folder;
  CHECK(read_trusted_file(folder.path / "none", FileTrust::configuration) == std::nullopt);
  CHECK(read_trusted_file(folder.file("good", "x", 0644), FileTrust::configuration) == "x");
  for (const mode_t mode : {0666, 0646, 0664})
    CHECK_THROWS_WITH_AS(read_trusted_file(folder.file("bad", "x", mode), FileTrust::configuration),
                         doctest::Contains("other users may write to it"), Error);
  CHECK_THROWS_AS(read_trusted_file(folder.path, FileTrust::configuration), Error);

  CHECK(read_trusted_file(folder.file("secret", "pw", 0600), FileTrust::secret) == "pw");
  CHECK_THROWS_WITH_AS(read_trusted_file(folder.file("open", "pw", 0640), FileTrust::secret),
                       doctest::Contains("other users may read or write it"), Error);
  std::filesystem::create_symlink(folder.path / "secret", folder.path / "link");
  CHECK_THROWS_WITH_AS(read_trusted_file(folder.path / "link", FileTrust::secret), doctest::Contains("symbolic link"),
                       Error);
  if (::geteuid() == 0) {  // only root can give a file away
    const std::filesystem::path foreign = folder.file("foreign", "x", 0644);
    REQUIRE(::chown(foreign.c_str(), 12345, 12345) == 0);
    CHECK_THROWS_WITH_AS(read_trusted_file(foreign, FileTrust::configuration),
                         doctest::Contains("belongs to another user"), Error);
  }
  std::ofstream(folder.path / "large") << std::string((1U << 20U) + 1, '#');
  ::chmod((folder.path / "large").c_str(), 0600);
  CHECK_THROWS_WITH_AS(read_trusted_file(folder.path / "large", FileTrust::configuration),
                       doctest::Contains("larger than 1 MiB"), Error);
}

TEST_CASE("a named file must be there, the usual one need not") {
  const Folder folder;
  CHECK_THROWS_AS(load_configuration(folder.path / "none", {}), Error);
  CHECK_THROWS_AS(load_configuration(std::nullopt, {{"QUEUETRACE_CONFIG", folder.path / "none"}}), Error);
  const Configuration configuration = load_configuration(std::nullopt, {{"HOME", folder.path}});
  CHECK(!configuration.found);
  CHECK(configuration.path == folder.path / ".config/queuetrace/config.toml");
  CHECK(configuration.viewers.size() == 2);
}

namespace {

std::string without_remark(std::string text) {
  const std::string remark = "# built in\n";
  for (std::size_t at = text.find(remark); at != std::string::npos; at = text.find(remark, at))
    text.erase(at, remark.size());
  return text;
}

}  // namespace

TEST_CASE("the configuration that config show prints reads back as it is, and as harmless text") {
  const std::string text =
      "default = [\"all\"]\nredact = [\"card*\"]\npager = [\"less\", \"-R\"]\nalert_age = \"90m\"\n"
      "[sources.prod]\nurl = \"postgresql://reader@db/jobs?sslmode=require\"\nprotected = true\n"
      "statement_timeout = \"1500ms\"\nredact = [\"*\\u0007\\\"\"]\n"
      "[sources.\"a.b\"]\nurl = \"redis://cache:6379/2\"\nkeys = { \"worker.queues.high\" = \"q:\\u001b[31m\" }\n"
      "results_url = \"redis://cache:6379/3\"\nsystem = \"celery\"\n"
      "[groups]\nall = [\"prod\", \"a.b\"]\n"
      "[viewers.mine]\npreset = \"grafana\"\nbase = \"https://grafana.example\"\nwindow = \"30m\"\n"
      "vars = { datasource = \"tempo\" }\nspans_url = \"https://tempo.example\"\nspans_token = \"${TOKEN}\"\n";
  const Configuration first = read(text);
  REQUIRE(first.problems.empty());
  const std::string shown = configuration_toml(first);
  INFO(shown);
  CHECK(std::ranges::all_of(shown, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  CHECK(shown.find("read_only         = false  # default\n") != std::string::npos);
  const Configuration again = read(shown);
  CHECK(again.problems.empty());
  CHECK(configuration_toml(again) == without_remark(shown));  // viewers that are built in are written out now
  REQUIRE(again.sources.size() == 2);
  CHECK(again.sources[0].redact == first.sources[0].redact);
  CHECK(again.sources[0].statement_timeout == first.sources[0].statement_timeout);
  CHECK(again.sources[1].keys == first.sources[1].keys);
  CHECK(again.groups == first.groups);
  CHECK(again.viewers.front().variables == first.viewers.front().variables);
  CHECK(configuration_toml(read("[sources.a]\nurl = \"postgresql://u:secret@h/d\"\n")).find("secret") ==
        std::string::npos);
}
