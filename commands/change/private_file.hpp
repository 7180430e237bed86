// Files that no other user may read: plans, backups, the audit. Mode 0600, never through a symbolic link, and
// safely on the disk when sync() returns.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// A file open for writing at its end. Everything throws Error: refused when the file already exists or is not ours
/// to write, internal when the disk refuses (full, read-only).
class PrivateFile {
 public:
  enum class Mode {
    create,        ///< must not be there
    append,        ///< made when it is not there
    create_unseen  ///< in this folder, without a name; gone with the object
  };

  PrivateFile(const std::filesystem::path& path, Mode mode);
  ~PrivateFile();
  PrivateFile(PrivateFile&& other) noexcept;
  PrivateFile& operator=(PrivateFile&&) = delete;

  /// One write where the system lets it: lines of several processes do not mix in an appended file.
  void write(std::string_view bytes);
  /// Returns when all that was written is on the disk, the file's name too.
  void sync();
  /// Names a file that was made unseen; on the disk with its name when it returns. Where the system cannot name such a
  /// file, what is in it is copied. Throws Error{refused} when the name is taken, internal when the disk is full.
  void give_name(const std::filesystem::path& path);
  /// Takes room for so many bytes behind the end, where the file system can do that: the next write() of them does not
  /// fail for want of it. Throws like write().
  void reserve(std::size_t bytes);
  /// Held until the object goes; whoever asks is_held() sees it.
  void hold();

  int descriptor() const { return descriptor_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(const char* what, int error) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool name_synced_ = false;
};

/// Whether a living process holds the file (PrivateFile::hold). False when it cannot be opened.
bool is_held(const std::filesystem::path& path);

/// Reads a file line by line in flat memory. Lines longer than `longest` end the reading with Error{usage}.
class LineReader {
 public:
  /// Throws Error{usage} when it is not a regular file or cannot be read.
  LineReader(const std::filesystem::path& path, std::size_t longest);
  /// Reads a descriptor of another from its beginning; does not close it.
  LineReader(int descriptor, std::string name, std::size_t longest);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line without its end; absent at the end of the file. Valid until the next call.
  std::optional<std::string_view> next();
  /// Whether the line returned last had no line feed: it may have been cut.
  bool torn() const { return torn_; }
  std::uint64_t number() const { return number_; }  ///< of the line returned last, from 1
  /// Where the next line begins, and going there again.
  std::uint64_t place() const { return static_cast<std::uint64_t>(offset_) - (buffer_.size() - begin_); }
  void go_to(std::uint64_t place);
  /// Gives back the memory of the line returned last, which may be large.
  void forget_line();
  const std::string& name() const { return name_; }

 private:
  bool fill();

  std::string name_;
  std::size_t longest_;
  int descriptor_;
  bool owned_;
  off_t offset_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
  bool torn_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace queuetrace
