#include "cli/compatibility.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "commands/command.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Takes `--name=value`, `--name value` or the same with one dash out of the arguments before `--`.
std::optional<std::string> take_value(std::vector<std::string>& arguments, const std::string& name) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  for (auto argument = arguments.begin(); argument != end; ++argument) {
    const std::size_t dashes = argument->find_first_not_of('-');
    if (dashes != 1 && dashes != 2) continue;
    if (argument->compare(dashes, name.size() + 1, name + "=") == 0) {
      std::string value = argument->substr(dashes + name.size() + 1);
      arguments.erase(argument);
      return value;
    }
    if (argument->substr(dashes) == name && argument + 1 != end) {
      std::string value = *(argument + 1);
      arguments.erase(argument, argument + 2);
      return value;
    }
  }
  return std::nullopt;
}

/// go-redis-work-queue starts its administration as `--role=admin --admin-cmd=NAME`
/// (docs/systems/go-redis-work-queue.md section 8).
void rewrite_admin_role(std::vector<std::string>& arguments) {
  const std::optional<std::string> role = take_value(arguments, "role");
  if (role && *role != "admin")
    throw Error(ErrorKind::usage, "--role=" + *role + ": this program does not run workers or create jobs")
        .with_hint("only --role=admin is understood");
  const std::optional<std::string> command = take_value(arguments, "admin-cmd");
  if (command && *command == "bench")
    throw Error(ErrorKind::usage, "--admin-cmd=bench: this program creates no jobs, so it has no load test");
  if (command) arguments.insert(arguments.begin(), *command);
}

std::vector<std::string> replaced_front(const std::vector<std::string>& arguments, std::vector<std::string> by) {
  by.insert(by.end(), arguments.begin() + 1, arguments.end());
  return by;
}

constexpr std::array nouns{"job", "queue", "source", "system", "trace"};
constexpr std::array show_words{"get", "view", "describe", "inspect"};

bool is_show_word(const std::string& word) { return std::ranges::find(show_words, word) != show_words.end(); }

/// kubectl's order, the verb first: `describe job ID` is `job show ID`, `get jobs` is `job list`, and `get ID` is
/// `show ID`, which finds traces as well.
void put_noun_first(std::vector<std::string>& arguments) {
  if (!is_show_word(arguments[0])) return;
  if (arguments.size() < 2) {
    arguments[0] = "show";
    return;
  }
  std::string noun = arguments[1].ends_with('s') ? arguments[1].substr(0, arguments[1].size() - 1) : arguments[1];
  if (std::ranges::find(nouns, noun) == nouns.end() && noun != "task") {
    arguments[0] = "show";
    return;
  }
  const bool names_one = arguments.size() > 2 && !arguments[2].starts_with("-");
  const bool lists = !names_one && (noun != arguments[1] || arguments[0] == "get");
  arguments[0] = std::move(noun);
  arguments[1] = lists ? "list" : "show";
}

bool is_command(const std::string& path) {
  return std::ranges::find(commands(), path, &Command::path) != commands().end();
}

}  // namespace

std::vector<std::string> rewrite_compatible_spellings(std::vector<std::string> arguments) {
  rewrite_admin_role(arguments);
  if (arguments.empty()) return arguments;
  if (arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.insert(std::find(arguments.begin(), arguments.end(), "--"), "--help");
    return arguments;
  }
  put_noun_first(arguments);
  if (arguments.front() == "task") arguments.front() = "job";
  if (arguments.front() == "purge-dlq") {  // go-redis-work-queue; the other systems' dead jobs, too
    arguments.front() = "purge";
    arguments.insert(arguments.begin() + 1, {"--state", "dead"});
  }
  if (arguments.front() == "ls") arguments = replaced_front(arguments, {"job", "list"});
  for (const std::string noun : nouns) {
    // `jobs` alone, or with options, lists them; `jobs list` is `job list`.
    if (arguments.front() == noun + "s" && (arguments.size() == 1 || arguments[1].starts_with("-")))
      arguments = replaced_front(arguments, {noun, "list"});
    if (arguments.front() == noun + "s") arguments.front() = noun;
    if (arguments.front() != noun || arguments.size() < 2) continue;
    if (arguments[1] == "ls") arguments[1] = "list";
    if (is_command(noun + " " + arguments[1])) continue;
    if (is_show_word(arguments[1])) arguments[1] = "show";
  }
  return arguments;
}

}  // namespace queuetrace
