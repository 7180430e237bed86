#include "backends/drivers/sqlite/new_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "model/error.hpp"

namespace queuetrace {
namespace {

Error file_error(int problem, const std::string& doing, const std::filesystem::path& file) {
  const ErrorKind kind = problem == ENOENT || problem == ENOTDIR                     ? ErrorKind::not_found
                         : problem == EACCES || problem == EPERM || problem == EROFS ? ErrorKind::authentication
                                                                                     : ErrorKind::internal;
  return Error(kind, doing + " " + file.string()).because(Untrusted(std::strerror(problem)));
}

Error already_there(const std::filesystem::path& file) {
  return Error(ErrorKind::refused, "file exists: " + file.string()).with_hint("--force replaces it");
}

/// What stands under the name now must be nothing, or a plain file that may be replaced.
void check_name(const std::filesystem::path& file, bool replace) {
  struct stat facts {};
  if (::lstat(file.c_str(), &facts) != 0) {
    if (errno == ENOENT) return;
    throw file_error(errno, "cannot look at", file);
  }
  if (S_ISLNK(facts.st_mode)) throw Error(ErrorKind::refused, "will not write over a symbolic link: " + file.string());
  if (!S_ISREG(facts.st_mode)) throw Error(ErrorKind::refused, "not a regular file: " + file.string());
  if (!replace) throw already_there(file);
}

void sync(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) throw file_error(errno, "cannot open", path);
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder and say so.
  if (failed != 0 && failed != EINVAL) throw file_error(failed, "cannot sync", path);
}

/// Renames unless the name is taken; by a hard link where the file system has no such rename. 0 or errno.
int rename_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  ::unlink(from.c_str());
  return 0;
}

}  // namespace

NewFile::NewFile(const std::filesystem::path& file, bool replace) : replace_(replace) {
  if (!file.has_filename()) throw Error(ErrorKind::usage, "not a file name: '" + file.string() + "'");
  std::error_code problem;
  const std::filesystem::path folder =
      std::filesystem::canonical(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."), problem);
  if (problem) throw file_error(problem.value(), "cannot write to the folder of", file);
  final_ = folder / file.filename();
  check_name(final_, replace);

  std::random_device random;
  for (int attempt = 0; attempt < 16; ++attempt) {
    temporary_ = folder / fmt::format(".{}.{:08x}.tmp", file.filename().string(), random());
    const int descriptor = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
      ::fchmod(descriptor, 0600);  // whatever the umask left of it
      ::close(descriptor);
      return;
    }
    if (errno != EEXIST) throw file_error(errno, "cannot create a file beside", final_);
  }
  throw Error(ErrorKind::internal, "cannot find a free temporary name beside " + final_.string());
}

NewFile::~NewFile() {
  if (!placed_) ::unlink(temporary_.c_str());
}

void NewFile::place() {
  sync(temporary_, O_RDWR);
  check_name(final_, replace_);
  const int problem = !replace_                                           ? rename_without_replacing(temporary_, final_)
                      : ::rename(temporary_.c_str(), final_.c_str()) == 0 ? 0
                                                                          : errno;
  if (problem == EEXIST) throw already_there(final_);
  if (problem != 0) throw file_error(problem, "cannot write", final_);
  placed_ = true;
  sync(final_.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace queuetrace
