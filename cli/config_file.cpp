#include "cli/config_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t largest_file = 1U << 20U;

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error cannot_read(const std::filesystem::path& path, int error) {
  return Error(ErrorKind::usage, "cannot read " + path.string() + ": " + std::strerror(error));
}

void check_trust(const std::filesystem::path& path, const struct stat& status, FileTrust trust) {
  const std::string name = path.string();
  if (status.st_uid != ::geteuid() && status.st_uid != 0)
    throw Error(ErrorKind::usage, "cannot use " + name + ": it belongs to another user")
        .with_hint("copy it to a file of your own");
  const mode_t forbidden = trust == FileTrust::secret ? 077 : 022;
  if (S_ISREG(status.st_mode) && (status.st_mode & forbidden) != 0)
    throw Error(ErrorKind::usage, "cannot use " + name + ": other users may " +
                                      (trust == FileTrust::secret ? "read or write it" : "write to it"))
        .with_hint(trust == FileTrust::secret ? "chmod 600 " + name : "chmod go-w " + name);
  if (S_ISDIR(status.st_mode) || (trust == FileTrust::secret && !S_ISREG(status.st_mode)))
    throw Error(ErrorKind::usage, "cannot use " + name + ": it is not a regular file");
}

}  // namespace

std::filesystem::path configuration_path(const std::optional<std::filesystem::path>& given,
                                         const Environment& environment) {
  if (given) return *given;
  const std::string named = value_of(environment, "QUEUETRACE_CONFIG");
  if (!named.empty()) return named;
  const std::filesystem::path folder = value_of(environment, "XDG_CONFIG_HOME");
  if (folder.is_absolute()) return folder / "queuetrace" / "config.toml";
  const std::filesystem::path home = value_of(environment, "HOME");
  if (home.is_absolute()) return home / ".config" / "queuetrace" / "config.toml";
  return {};
}

std::optional<std::string> read_trusted_file(const std::filesystem::path& path, FileTrust trust) {
  const int flags = O_RDONLY | O_CLOEXEC | (trust == FileTrust::secret ? O_NOFOLLOW | O_NONBLOCK : 0);
  const FileDescriptor file(::open(path.c_str(), flags));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    if (errno == ELOOP)
      throw Error(ErrorKind::usage, "cannot use " + path.string() + ": it is a symbolic link")
          .with_hint("name the file itself");
    throw cannot_read(path, errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw cannot_read(path, errno);
  check_trust(path, status, trust);
  std::string bytes;
  char block[16384];
  while (true) {
    const ssize_t count = ::read(file.get(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw cannot_read(path, errno);
    if (count == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(count));
    if (bytes.size() > largest_file)
      throw Error(ErrorKind::usage, "cannot use " + path.string() + ": larger than 1 MiB");
  }
}

}  // namespace queuetrace
