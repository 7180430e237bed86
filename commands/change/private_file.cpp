#include "commands/change/private_file.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "commands/change/kept_file.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr mode_t owner_only = 0600;
constexpr std::size_t block = 256 * 1024;

int open_file(const std::filesystem::path& path, PrivateFile::Mode mode) {
  constexpr int common = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  if (mode == PrivateFile::Mode::create) return ::open(path.c_str(), common | O_RDWR | O_CREAT | O_EXCL, owner_only);
  if (mode == PrivateFile::Mode::append)
    return ::open(path.c_str(), common | O_WRONLY | O_CREAT | O_APPEND, owner_only);
  if (const int unnamed = ::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only); unnamed >= 0)
    return unnamed;
  std::string name = (path / "queuetrace-XXXXXX").string();  // a file system without unnamed files
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

}  // namespace

PrivateFile::PrivateFile(const std::filesystem::path& path, Mode mode) : path_(path) {
  descriptor_ = open_file(path, mode);
  if (descriptor_ < 0 && errno == EEXIST)
    throw Error(ErrorKind::refused, in_quotes(path.string()) + " already exists")
        .with_hint("choose another file; nothing is overwritten");
  if (descriptor_ < 0)
    throw Error(ErrorKind::refused, "cannot write " + in_quotes(path.string()))
        .because(Untrusted(errno == ELOOP ? "it is a symbolic link" : std::strerror(errno)));
  struct stat status {};
  const bool ours = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
  if (!ours || (mode == Mode::append && (status.st_mode & 077) != 0)) {
    ::close(std::exchange(descriptor_, -1));
    throw Error(ErrorKind::refused, "not writing " + in_quotes(path.string()) + ": it is not a private file of yours")
        .with_hint("it must be a regular file with mode 0600");
  }
}

PrivateFile::~PrivateFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      name_synced_(other.name_synced_) {}

void PrivateFile::fail(const char* what, int error) const {
  throw Error(ErrorKind::internal, std::string("cannot ") + what + " " + in_quotes(path_.string()))
      .because(Untrusted(std::strerror(error)));
}

void PrivateFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PrivateFile::give_name(const std::filesystem::path& path) {
  const std::string self = "/proc/self/fd/" + std::to_string(descriptor_);
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    PrivateFile copy(path, Mode::create);
    KeptFile unfinished(path);
    std::string bytes(block, '\0');
    for (off_t offset = 0;;) {
      const ssize_t count = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("read", errno);
      if (count == 0) break;
      copy.write(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
      offset += count;
    }
    unfinished.keep();
    std::swap(descriptor_, copy.descriptor_);
  }
  path_ = path;
  name_synced_ = false;
  sync();
}

void PrivateFile::reserve(std::size_t bytes) {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("write", errno);
  while (::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, status.st_size, static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) fail("write", errno);
    return;  // a file system without it: then the write will tell
  }
}

void PrivateFile::sync() {
  if (::fsync(descriptor_) != 0) fail("write", errno);
  if (name_synced_) return;
  const std::filesystem::path parent = path_.parent_path();
  const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail("write", errno);
  const int error = ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno;  // EINVAL: a file system without it
  ::close(folder);
  if (error != 0) fail("write", error);
  name_synced_ = true;
}

void PrivateFile::hold() {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) fail("lock", errno);
}

bool is_held(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

LineReader::LineReader(const std::filesystem::path& path, std::size_t longest)
    : name_(in_quotes(path.string())),
      longest_(longest),
      descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)),
      owned_(true) {
  const int error = errno;
  struct stat status {};
  const bool opened = descriptor_ >= 0;
  if (opened && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) return;
  if (opened) ::close(descriptor_);
  throw Error(ErrorKind::usage, "cannot read " + name_)
      .because(Untrusted(opened ? "it is not a regular file" : std::strerror(error)));
}

LineReader::LineReader(int descriptor, std::string name, std::size_t longest)
    : name_(std::move(name)), longest_(longest), descriptor_(descriptor), owned_(false) {}

LineReader::~LineReader() {
  if (owned_) ::close(descriptor_);
}

bool LineReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + block);
  ssize_t count = -1;
  do {
    count = ::pread(descriptor_, buffer_.data() + size, block, offset_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw Error(ErrorKind::internal, "cannot read " + name_).because(Untrusted(std::strerror(errno)));
  buffer_.resize(size + static_cast<std::size_t>(count));
  offset_ += count;
  ended_ = count == 0;
  return !ended_;
}

void LineReader::go_to(std::uint64_t place) {
  offset_ = static_cast<off_t>(place);
  buffer_.clear();
  begin_ = 0;
  ended_ = false;
}

void LineReader::forget_line() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_.shrink_to_fit();
}

std::optional<std::string_view> LineReader::next() {
  std::size_t from = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', from);
    if (end != std::string::npos) {
      const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = end + 1;
      torn_ = false;
      ++number_;
      return line;
    }
    if (buffer_.size() - begin_ > longest_)
      throw Error(ErrorKind::usage, "line " + std::to_string(number_ + 1) + " of " + name_ + " is too long");
    const std::size_t searched = buffer_.size() - begin_;
    if (fill()) {
      from = begin_ + searched;
      continue;
    }
    if (begin_ == buffer_.size()) return std::nullopt;
    const std::string_view line = std::string_view(buffer_).substr(begin_);
    begin_ = buffer_.size();
    torn_ = true;
    ++number_;
    return line;
  }
}

}  // namespace queuetrace
