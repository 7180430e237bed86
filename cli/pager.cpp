#include "cli/pager.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

#include "model/error.hpp"
#include "tracing/child_process.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t block_size = 64 * 1024;

std::vector<std::string> split_at_blanks(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> result;
  for (std::string word; words >> word;) result.push_back(word);
  return result;
}

}  // namespace

std::vector<std::string> pager_program(const std::vector<std::string>& configured, const Environment& environment) {
  std::vector<std::string> program{"less", "-FRX"};
  const auto own = environment.find("QUEUETRACE_PAGER");
  const auto general = environment.find("PAGER");
  if (own != environment.end())
    program = split_at_blanks(own->second);
  else if (!configured.empty())
    program = configured;
  else if (general != environment.end())
    program = split_at_blanks(general->second);
  if (!program.empty() && program.front() == "cat") program.clear();
  return program;
}

StandardOutput::StandardOutput(int descriptor) : descriptor_(descriptor) {}

StandardOutput::~StandardOutput() {
  try {
    finish();
  } catch (...) {  // the reader is gone or the disk full: told when it mattered, by finish()
  }
}

void StandardOutput::page(Paging paging) {
  paging_ = std::move(paging);
  holding_ = !paging_.program.empty() && paging_.height > 0;
}

void StandardOutput::finish() {
  holding_ = false;
  try {
    write_held();
  } catch (const OutputClosed&) {
    if (pager_ < 0) throw;  // a pager that was left is no news
  }
  if (pager_ < 0) return;
  ::close(std::exchange(descriptor_, STDOUT_FILENO));
  const pid_t pager = std::exchange(pager_, -1);
  int status = 0;
  while (::waitpid(pager, &status, 0) < 0 && errno == EINTR) {
  }
}

StandardOutput::int_type StandardOutput::overflow(int_type byte) {
  if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
  const char character = traits_type::to_char_type(byte);
  add(&character, 1);
  return byte;
}

std::streamsize StandardOutput::xsputn(const char* bytes, std::streamsize count) {
  add(bytes, static_cast<std::size_t>(count));
  return count;
}

int StandardOutput::sync() {
  if (!holding_) write_held();
  return 0;
}

void StandardOutput::add(const char* bytes, std::size_t count) {
  held_.append(bytes, count);
  if (holding_) {
    lines_ += static_cast<int>(std::count(bytes, bytes + count, '\n'));
    if (lines_ < paging_.height) return;
    start_pager();
  }
  if (held_.size() >= block_size) write_held();
}

void StandardOutput::start_pager() {
  holding_ = false;
  const std::string& name = paging_.program.front();
  const std::optional<std::string> path = find_program(name, paging_.environment);
  int ends[2] = {-1, -1};
  if (!path || ::pipe2(ends, O_CLOEXEC) != 0) {
    if (name != "less") paging_.complain("there is no pager '" + name + "'");
    return;
  }
  Environment environment = paging_.environment;
  environment["LESSSECURE"] = "1";  // no shell, no editor, no other files from inside less
  pager_ = start_child(*path, paging_.program, environment, {ends[0], STDOUT_FILENO, STDERR_FILENO});
  ::close(ends[0]);
  if (pager_ < 0) {
    ::close(ends[1]);
    paging_.complain("cannot start the pager '" + name + "': " + std::strerror(-pager_));
    pager_ = -1;
    return;
  }
  descriptor_ = ends[1];
}

void StandardOutput::write_held() {
  std::size_t written = 0;
  const std::string bytes = std::exchange(held_, {});
  if (before_ && !bytes.empty()) before_();
  while (written < bytes.size()) {
    const ssize_t count = ::write(descriptor_, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) throw OutputClosed();
    if (count < 0) throw Error(ErrorKind::internal, std::string("cannot write the output: ") + std::strerror(errno));
    written += static_cast<std::size_t>(count);
  }
}

}  // namespace queuetrace
