// Arguments: what they become, and what is said when they are wrong.
#include "cli/app.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "cli/compatibility.hpp"
#include "cli/option_tree.hpp"
#include "commands/command.hpp"
#include "commands/examples.hpp"
#include "model/error.hpp"

using namespace queuetrace;
using Arguments = std::vector<std::string>;

namespace {

/// `message | hint` of the usage error that parsing gives.
std::string refusal(const Arguments& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return std::string(error.what()) + " | " + error.hint();
  }
  return "parsed";
}

}  // namespace

TEST_CASE("global options stand before or after the command") {
  for (const Arguments& arguments :
       {Arguments{"--source", "prod", "-o", "csv", "job", "list"},
        Arguments{"job", "--source=prod", "list", "-o", "csv"}, Arguments{"job", "list", "-s", "prod", "-ocsv"}}) {
    const ParsedArguments parsed = parse(arguments);
    REQUIRE(parsed.command != nullptr);
    CHECK(parsed.command->path == "job list");
    CHECK(parsed.invocation != nullptr);
    CHECK(parsed.options.sources == Arguments{"prod"});
    CHECK(parsed.options.output == "csv");
  }
}

TEST_CASE("every global option reaches its member") {
  const GlobalOptions options = parse({"version",
                                       "-s",
                                       "a",
                                       "-s",
                                       "b",
                                       "--format",
                                       "jsonl",
                                       "--jq",
                                       ".id",
                                       "--fields",
                                       "id,state",
                                       "--no-headers",
                                       "--color",
                                       "always",
                                       "--hyperlink",
                                       "never",
                                       "--time",
                                       "unix",
                                       "--viewer",
                                       "tempo",
                                       "--show-secrets",
                                       "--full",
                                       "--scan-limit",
                                       "500",
                                       "--timeout",
                                       "1500ms",
                                       "--config",
                                       "/c.toml",
                                       "--no-pager",
                                       "--quiet",
                                       "-v",
                                       "--no-input"})
                                    .options;
  CHECK(options.sources == Arguments{"a", "b"});
  CHECK(options.output == "jsonl");
  CHECK(options.jq == ".id");
  CHECK(options.fields == Arguments{"id", "state"});
  CHECK(options.no_headers);
  CHECK(options.color == Choice::always);
  CHECK(options.hyperlink == Choice::never);
  CHECK(options.time_style == TimeStyle::unix_seconds);
  CHECK(options.viewer == "tempo");
  CHECK(options.show_secrets);
  CHECK(options.full);
  CHECK(options.scan_limit == 500);
  CHECK(options.timeout == std::chrono::milliseconds(1500));
  CHECK(options.configuration_file == "/c.toml");
  CHECK(options.no_pager);
  CHECK(options.quiet);
  CHECK(options.verbose);
  CHECK(options.no_input);
  CHECK(parse({"version", "--json"}).options.output == "json");
  CHECK(parse({"version", "--utc"}).options.time_style == TimeStyle::iso);
  const GlobalOptions none = parse({"version"}).options;
  CHECK(!none.output);
  CHECK(none.color == Choice::automatic);
  CHECK(!none.hyperlink);
}

TEST_CASE("--jq takes JSON for granted") {
  CHECK(parse({"job", "list", "--jq", "."}).options.output == "json");
  CHECK(parse({"job", "list", "--jq", ".", "-o", "auto"}).options.output == "json");
  CHECK(parse({"stats", "--jq=.", "-o", "jsonl"}).options.output == "jsonl");
  CHECK(refusal({"job", "list", "--jq", ".", "-o", "table"}) ==
        "--jq reads JSON, and -o table prints none | leave -o out, or give -o json or -o jsonl");
}

TEST_CASE("one word that is no command, and may be an id, is shown") {
  for (const char* id : {"4bf92f3577b34da6a3ce929d0e0e4736", "order-12345", "prod/4242", "\"7c1e9d54\",", "-"}) {
    CAPTURE(id);
    const ParsedArguments parsed = parse({id, "-s", "prod"});
    REQUIRE(parsed.command != nullptr);
    CHECK(parsed.command->path == "show");
    CHECK(parsed.options.sources == Arguments{"prod"});
    CHECK(parse({"-s", "prod2", id, "-o", "json"}).command->path == "show");
  }
  CHECK(refusal({"4242", "4243"}).starts_with("unknown command '4242'"));
  CHECK(refusal({"lst"}).starts_with("unknown command 'lst'"));
  CHECK(refusal({"4242", "--bogus"}).starts_with("unknown option --bogus"));
}

TEST_CASE("every command has three examples, and they are right") {
  for (const Command& command : commands()) {
    CAPTURE(command.path);
    bool own = false;
    for (const Example& example : examples_of(command.path)) {
      CAPTURE(example.command);
      REQUIRE_FALSE(example.command.empty());
      CHECK_FALSE(example.meaning.empty());
      Arguments words;
      std::istringstream text{std::string(example.command)};
      for (std::string word; text >> std::quoted(word, '\'');) words.push_back(word);
      CHECK_NOTHROW(parse(words));
      own = own || std::string(example.command).starts_with(command.path) || command.path == "show";
    }
    CHECK(own);
  }
}

TEST_CASE("help: short without arguments, examples with a command, the options of every command apart") {
  const std::string first = *parse({}).text;
  CHECK(std::ranges::count(first, '\n') <= 15);
  CHECK(first.starts_with("What happened to this trace?"));
  std::istringstream lines(first);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
  const std::string help = *parse({"job", "retry", "--help"}).text;
  CHECK(help.find("\nExamples:\n  queuetrace job retry 7f3a9c20\n      one job\n") != std::string::npos);
  CHECK(help.find("--no-pager") == std::string::npos);
  CHECK(help.find("\nGlobal options: queuetrace help options\n") != std::string::npos);
  CHECK(parse({"help", "options"}).text->find("--no-pager") != std::string::npos);
  CHECK(parse({"--help"}).text->find("--no-pager") != std::string::npos);
}

TEST_CASE("words of other tools") {
  const auto path_of = [](const Arguments& arguments) { return std::string(parse(arguments).command->path); };
  CHECK(path_of({"ls"}) == "job list");
  CHECK(path_of({"jobs"}) == "job list");
  CHECK(path_of({"jobs", "--failed"}) == "job list");
  CHECK(path_of({"jobs", "ls"}) == "job list");
  CHECK(path_of({"queues"}) == "queue list");
  CHECK(path_of({"sources"}) == "source list");
  CHECK(path_of({"systems", "show", "river"}) == "system show");
  for (const char* word : {"get", "view", "describe", "inspect"}) {
    CHECK(path_of({"job", word, "4242"}) == "job show");
    CHECK(path_of({"jobs", word, "4242"}) == "job show");
    CHECK(path_of({"trace", word, "4242"}) == "trace show");
  }
  CHECK(path_of({"job", "list", "-w"}) == "job list");
}

TEST_CASE("no other spelling of a command hides a command") {
  for (const Command& command : commands()) {
    std::vector<std::string> words;
    std::istringstream path{std::string(command.path)};
    for (std::string word; path >> word;) words.push_back(word);
    words.push_back("argument");
    CAPTURE(command.path);
    CHECK(rewrite_compatible_spellings(words) == words);
  }
  CHECK(rewrite_compatible_spellings({"system", "view", "river"}) ==
        std::vector<std::string>{"system", "show", "river"});
  CHECK(rewrite_compatible_spellings({"job", "describe", "7f3a"}) == std::vector<std::string>{"job", "show", "7f3a"});
}

TEST_CASE("the verb may stand first, as kubectl has it") {
  using Words = std::vector<std::string>;
  for (const char* verb : {"get", "view", "describe", "inspect"}) {
    CHECK(rewrite_compatible_spellings({verb, "job", "7f3a", "-o", "json"}) ==
          Words{"job", "show", "7f3a", "-o", "json"});
    CHECK(rewrite_compatible_spellings({verb, "jobs", "7f3a"}) == Words{"job", "show", "7f3a"});
    CHECK(rewrite_compatible_spellings({verb, "jobs", "-l", "1"}) == Words{"job", "list", "-l", "1"});
    CHECK(rewrite_compatible_spellings({verb, "queues"}) == Words{"queue", "list"});
    CHECK(rewrite_compatible_spellings({verb, "trace", "4bf9"}) == Words{"trace", "show", "4bf9"});
    CHECK(rewrite_compatible_spellings({verb, "7f3a", "-o", "json"}) == Words{"show", "7f3a", "-o", "json"});
    CHECK(rewrite_compatible_spellings({verb}) == Words{"show"});
  }
  CHECK(rewrite_compatible_spellings({"get", "job"}) == Words{"job", "list"});
  CHECK(rewrite_compatible_spellings({"traces", "-l", "1"}) == Words{"trace", "list", "-l", "1"});
  CHECK(rewrite_compatible_spellings({"traces", "show", "7f3a"}) == Arguments{"trace", "show", "7f3a"});
  CHECK(rewrite_compatible_spellings({"describe", "job"}) == Arguments{"job", "show"});
  CHECK(rewrite_compatible_spellings({"get", "tasks", "-l", "1"}) == Arguments{"job", "list", "-l", "1"});
}

TEST_CASE("every flag of every command refuses a value") {
  std::size_t flags = 0;
  const auto check = [&](const std::vector<OptionDescription>& options, const Arguments& path) {
    for (const OptionDescription& option : options) {
      if (option.positional || !option.value.empty()) continue;
      for (const std::string& name : option.names) {
        Arguments words = path;
        words.push_back(name + "=3");
        CAPTURE(words);
        CHECK(refusal(words).starts_with(name + " takes no value | "));
        ++flags;
      }
    }
  };
  const CommandDescription root = describe_program();
  check(root.options, {});
  for (const CommandDescription& noun : root.commands) {
    if (noun.commands.empty()) check(noun.options, {noun.path});
    for (const CommandDescription& verb : noun.commands)
      check(verb.options, {noun.path, verb.path.substr(verb.path.find(' ') + 1)});
  }
  CHECK(flags > 100);
}

TEST_CASE("unknown commands and options are told with the nearest known one") {
  CHECK(refusal({"jbo", "list"}) == "unknown command 'jbo' | did you mean 'job'?");
  CHECK(refusal({"job", "lst"}) == "unknown command 'job lst' | did you mean 'list'?");
  CHECK(refusal({"list"}) == "unknown command 'list' | did you mean 'job list'?");
  CHECK(refusal({"ps"}) == "unknown command 'ps' | did you mean 'job list --state running'?");
  CHECK(refusal({"source", "rm", "x"}) == "unknown command 'source rm' | did you mean 'source remove'?");
  CHECK(refusal({"queue", "drain", "email"}) == "unknown command 'queue drain' | did you mean 'purge -q'?");
  CHECK(refusal({"nosuchthing"}) ==
        "unknown command 'nosuchthing' | commands: queuetrace --help; of a job, trace or order: queuetrace show "
        "nosuchthing");
  CHECK(
      refusal({"job"}).starts_with("'job' needs a verb: list, show, errors, retry, cancel, delete, move, restore | "));
  CHECK(refusal({"version", "--ouput", "json"}) == "unknown option --ouput for 'version' | did you mean '--output'?");
  CHECK(refusal({"version", "extra"}) == "unexpected argument 'extra' for 'version' | see 'queuetrace version --help'");
  CHECK(refusal({"job", "list", "-l", "-s", "shop"}) ==
        "-l needs a value, and -s is an option; if it is meant: -l-s | see 'queuetrace job list --help'");
  CHECK(refusal({"job", "list", "--queue", "--dead"}) ==
        "--queue needs a value, and --dead is an option; if it is meant: --queue=--dead | see 'queuetrace job list "
        "--help'");
  CHECK(parse({"job", "list", "--queue=--dead"}).command->path == "job list");
  for (const Arguments& behind :
       {Arguments{"--source"}, Arguments{"--source", "shop"}, Arguments{"--source=shop"}, Arguments{"--watch"}}) {
    Arguments words{"stats", "--"};
    words.insert(words.end(), behind.begin(), behind.end());
    CHECK(refusal(words) == "unexpected argument '" + behind.front() +
                                "' for 'stats': it stands behind '--', which ends the options | if it is meant as an "
                                "option, put it before '--'");
  }
  for (const Arguments& before :
       {Arguments{"trace", "show", "x"}, Arguments{"queue", "pause", "q"}, Arguments{"undo", "1"}})
    for (const char* behind : {"--source", "-s", "--yes", "-x"}) {
      Arguments words = before;
      words.insert(words.end(), {"--", behind});
      CAPTURE(behind);
      CHECK(refusal(words).starts_with("unexpected argument '" + std::string(behind) + "' for '"));
      CHECK(refusal(words).find("it stands behind '--', which ends the options") != std::string::npos);
    }
  CHECK(refusal({"job", "show", "--", "-s", "--source"}) == "parsed");  // ids, as many as there are
  CHECK(refusal({"help", "stat"}) == "unknown command 'stat' | did you mean 'stats'?");
  CHECK(refusal({"system", "show"}) == "NAME is required | see 'queuetrace system show --help'");
  CHECK(refusal({"system", "show", "--bogus"}).starts_with("unknown option --bogus for 'system show'"));
  CHECK(refusal({"-output", "json", "version"}) == "unknown option -output | did you mean '--output'?");
  CHECK(refusal({"version", "--", "-output"}) != "parsed");
}

TEST_CASE("wrong values name the option and what it takes") {
  CHECK(refusal({"version", "--timeout", "soon"})
            .starts_with("--timeout: 'soon' is not a duration such as 500ms, 10s or 2m | "));
  CHECK(refusal({"version", "--timeout", "0"}).find("'0' is not a duration") != std::string::npos);
  CHECK(refusal({"version", "--color", "pink"}).starts_with("--color: 'pink' is not one of auto, always, never | "));
  CHECK(refusal({"version", "--scan-limit", "x"}).starts_with("--scan-limit: 'x' is not a number of 0 or more | "));
  CHECK(refusal({"version", "-o", "toml"}).find("'version' has no output format 'toml'") != std::string::npos);
  CHECK(refusal({"-o", "svg", "job", "list"}).find("'job list' has no output format 'svg'") != std::string::npos);
  CHECK(parse({"-o", "svg", "trace", "show", "X"}).options.output == "svg");
  CHECK(parse({"trace", "show", "X", "-o", "svg"}).options.output == "svg");
  const ParsedArguments capture = parse({"capture", "--output", "jobs.db", "-o", "table"});
  CHECK(capture.options.output == "table");
  CHECK_FALSE(capture.live);
  CHECK(parse({"job", "list", "--watch"}).live);
  CHECK_FALSE(parse({"job", "list", "--error=--watch"}).live);
  CHECK(refusal({"completion", "tcsh"}).find("tcsh") != std::string::npos);
}

TEST_CASE("spellings of other tools") {
  CHECK(parse({"--role=admin", "--admin-cmd=version"}).command->path == "version");
  CHECK(parse({"--role", "admin", "--admin-cmd", "version", "--json"}).options.output == "json");
  CHECK(parse({"task", "list"}).command->path == "job list");
  CHECK(parse({"job", "ls"}).command->path == "job list");
  CHECK(refusal({"--role=worker"}).starts_with("--role=worker: this program does not run workers or create jobs"));
  CHECK(refusal({"--admin-cmd=bench"}).starts_with("--admin-cmd=bench: this program creates no jobs"));
}

TEST_CASE("help and version are texts, wherever they stand") {
  const std::string all = parse({"--help"}).text.value();
  for (const Command& command : commands()) {
    const std::string path(command.path);
    CHECK_MESSAGE(all.find("\n  " + path + " ") != std::string::npos, path);
    const std::string text = parse({"help", path.substr(0, path.find(' ')),
                                    path.find(' ') == std::string::npos ? "--json" : path.substr(path.find(' ') + 1)})
                                 .text.value();
    CHECK_MESSAGE(text.find("Usage: queuetrace " + path) != std::string::npos, path);
    for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
      CHECK_MESSAGE(text.find('\n', begin) - begin <= 100, path);
  }
  CHECK(parse({"help"}).text == all);
  CHECK(parse({"system", "show", "--help"}).text->find("Usage: queuetrace system show NAME") != std::string::npos);
  CHECK(parse({"job", "list", "--version"}).text == parse({"--version"}).text);
  CHECK(parse({"--version"}).text->starts_with("queuetrace 0."));
}
