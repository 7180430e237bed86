#include "commands/top/errand.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "formatters/escape.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

/// The words that name the configuration, as they were typed.
std::vector<std::string> configuration_words(const std::vector<std::string>& typed) {
  for (std::size_t at = 0; at < typed.size(); ++at) {
    if (typed[at].starts_with("--config=")) return {typed[at]};
    if (typed[at] == "--config" && at + 1 < typed.size()) return {typed[at], typed[at + 1]};
  }
  return {};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// While it lives, taking the terminal back does not stop this process.
class BackgroundWrites {
 public:
  BackgroundWrites() {
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, SIGTTOU);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~BackgroundWrites() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BackgroundWrites(const BackgroundWrites&) = delete;
  BackgroundWrites& operator=(const BackgroundWrites&) = delete;

 private:
  sigset_t before_{};
};

/// Starts this program again, in a group of processes of its own to which the terminal belongs.
int start(std::vector<std::string> words, std::vector<std::string> environment, pid_t& process) {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addtcsetpgrp_np(&actions, STDIN_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t none{}, all{};
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const int result = ::posix_spawn(&process, "/proc/self/exe", &actions, &attributes, pointers(words).data(),
                                   pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return result;
}

/// Its exit status. It cannot be put aside: stopped, it goes on.
int wait_for_end(pid_t process) {
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(process, &status, WUNTRACED);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) return -1;
    if (!WIFSTOPPED(status)) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    ::kill(process, SIGCONT);
  }
}

}  // namespace

const Source* source_named(const std::string& name, const Context& context) {
  const auto found = std::ranges::find(context.sources, name, &Source::name);
  return found == context.sources.end() ? nullptr : &*found;
}

Errand errand_in(const Source* source, std::vector<std::string> words, const Context& context) {
  Errand errand;
  std::vector<std::string> more = configuration_words(context.arguments);
  if (source != nullptr) {
    const bool configured =
        std::ranges::any_of(context.configuration.sources, [&](const Source& one) { return one.name == source->name; });
    const bool chosen_anyway = context.sources.size() == 1 && source->origin != "--source";
    if (configured)
      more.insert(more.end(), {"--source", source->name});
    else if (!chosen_anyway)
      errand.more["QUEUETRACE_SOURCE"] = source->url.reveal();
  }
  words.insert(std::ranges::find(words, "--"), more.begin(), more.end());
  errand.words = std::move(words);
  return errand;
}

std::string system_in_source(const ListedRow& row) {
  const std::string address = raw_word(row.record, "source");
  return address.starts_with(row.source + "/") ? address.substr(row.source.size() + 1) : std::string();
}

std::vector<std::string> queue_words(const ListedRow& row) {
  std::vector<std::string> words;
  if (const std::string system = system_in_source(row); !system.empty()) words = {"--system", system};
  words.insert(words.end(), {"--", raw_word(row.record, "queue")});
  return words;
}

std::vector<std::string> job_words(const std::vector<const ListedRow*>& rows) {
  std::vector<std::string> words;
  for (const ListedRow* row : rows) words.push_back(terminal_text(raw_word(row->record, "ref"), Profile::ident));
  return words;
}

std::vector<std::string> typed_words(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
      if (!inside) words.emplace_back();
      inside = true;
    } else if (quote == 0 && c == ' ') {
      inside = false;
    } else {
      if (!inside) words.emplace_back();
      inside = true;
      words.back() += c;
    }
  }
  if (!words.empty() && words.front() == "queuetrace") words.erase(words.begin());
  return words;
}

int run_errand(const Errand& errand, const Context& context) {
  std::vector<std::string> words{"queuetrace"};
  words.insert(words.end(), errand.words.begin(), errand.words.end());
  std::map<std::string, std::string> variables = context.surroundings.environment;
  for (const auto& [name, value] : errand.more) variables[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  const BackgroundWrites allowed;
  pid_t process = 0;
  if (start(std::move(words), std::move(environment), process) != 0) return -1;
  const int code = wait_for_end(process);
  ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  return code;
}

}  // namespace queuetrace
