#include "tests/faults/stopped_program.hpp"

#include <cctype>
#include <stdexcept>
#include <utility>

#include "tests/support/sanitized.hpp"

namespace queuetrace::test {
namespace {

/// Everything that leaves the process, and what makes, keeps and removes files.
constexpr const char* calls =
    "openat,write,writev,sendto,sendmsg,fsync,fdatasync,ftruncate,linkat,rename,unlink,unlinkat";

std::vector<std::string> traced(std::vector<std::string> options, const std::vector<std::string>& words) {
  options.insert(options.begin(), {"strace", "-f", "-qq", "-E", without_leaks, "-e", std::string("trace=") + calls});
  options.insert(options.end(), {"--", QUEUETRACE_PROGRAM});
  options.insert(options.end(), words.begin(), words.end());
  return options;
}

}  // namespace

std::vector<Moment> moments_of(const World& world, const std::vector<std::string>& words, const std::string& from) {
  const std::filesystem::path log = world.home() / "strace.log";
  const ProgramResult result = world.start(traced({"-o", log.string()}, words));
  if (result.exit_code != 0) throw std::runtime_error("the traced program failed: " + result.messages);

  std::vector<Moment> moments;
  std::map<std::pair<std::string, std::string>, std::size_t> counts;  // by thread and call
  std::string thread;                                                 // the one that writes
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    const std::size_t begin = line.find_first_not_of(' ', blank);
    const std::size_t open = line.find('(', begin);
    if (begin == std::string::npos || open == std::string::npos || std::isalpha(line[begin]) == 0) continue;
    const std::string number = line.substr(0, blank);
    const std::string call = line.substr(begin, open - begin);
    const std::size_t count = ++counts[{number, call}];
    if (thread.empty() && line.find(from) != std::string::npos) thread = number;
    if (number == thread) moments.push_back({call, count, line.substr(begin, 100)});
  }
  std::filesystem::remove(log);
  if (moments.empty()) throw std::runtime_error("the traced program never came to " + from);
  return moments;
}

ProgramResult run_until(const World& world, const std::vector<std::string>& words, const Moment& moment) {
  const std::string when = ":signal=SIGKILL:when=" + std::to_string(moment.count);
  return world.start(traced({"-o", "/dev/null", "-e", "inject=" + moment.call + when}, words));
}

ProgramResult run_failing(const World& world, const std::vector<std::string>& words, const std::filesystem::path& file,
                          const std::string& call, const std::string& error, int count) {
  const std::string when = ":error=" + error + ":when=" + std::to_string(count);
  return world.start(traced({"-o", "/dev/null", "-P", file.string(), "-e", "inject=" + call + when}, words));
}

}  // namespace queuetrace::test
