#include "tests/support/small_disk.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace queuetrace::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block = 4096;
constexpr const char* filler = "filled-by-others";

/// Runs `words` with these ends as stdin and stdout; -1: not there.
pid_t spawn(const std::vector<std::string>& words, int input, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = -1;
  const int failure = ::posix_spawnp(&process, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failure == 0 ? process : -1;
}

}  // namespace

SmallDisk::SmallDisk() {
  const std::string mounting =
      R"(mount -t tmpfs -o size=256k,mode=0700 small "$1" && echo mounted && exec cat >/dev/null)";
  // With a user namespace anybody may mount; where those are forbidden, root may.
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"unshare", "--user", "--map-root-user", "--mount"}, {"unshare", "--mount"}}) {
    std::array<int, 2> in{}, out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<std::string> words = how;
    words.insert(words.end(), {"--", "sh", "-c", mounting, "sh", mount_point_.path().string()});
    holder_ = spawn(words, in[0], out[1]);
    end_ = in[1];
    ::close(in[0]);
    ::close(out[1]);
    char said = 0;
    const bool is_mounted = ::read(out[0], &said, 1) == 1;
    ::close(out[0]);
    if (is_mounted) {
      path_ = "/proc/" + std::to_string(holder_) + "/root" + mount_point_.path().string();
      return;
    }
    ::close(end_);
    if (holder_ > 0) ::waitpid(holder_, nullptr, 0);
  }
  throw std::runtime_error("neither a user namespace nor a mount is allowed here");
}

SmallDisk::~SmallDisk() {
  ::close(end_);
  ::waitpid(holder_, nullptr, 0);
}

void SmallDisk::clear() {
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
}

void SmallDisk::leave(std::size_t blocks) {
  struct statvfs status {};
  if (::statvfs(path_.c_str(), &status) != 0) throw std::runtime_error("no small disk");
  const std::size_t free = status.f_bavail * status.f_frsize / block;
  if (free < blocks) throw std::runtime_error("the small disk is too full already");
  std::ofstream file(path_ / filler, std::ios::binary);
  if (!(file << std::string((free - blocks) * block, 'x')).flush()) throw std::runtime_error("cannot fill the disk");
}

void SmallDisk::make_room() { fs::remove(path_ / filler); }

}  // namespace queuetrace::test
