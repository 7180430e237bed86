// A file that appears under its name only when it is whole: written under another name beside it, synced, renamed.
#pragma once

#include <filesystem>

namespace queuetrace {

/// Takes the place of `file` for writing. Creates an empty temporary file (mode 0600) in the same folder and removes it
/// again unless place() succeeded. Throws Error{refused} when `file` is a symbolic link or no regular file, or when it
/// exists and `replace` is false; Error{not_found} when its folder is missing; Error{authentication} without
/// permission; Error{internal} otherwise.
class NewFile {
 public:
  NewFile(const std::filesystem::path& file, bool replace);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }  ///< absolute, without symbolic links

  /// Syncs file and folder and gives the file its name. A file that appeared meanwhile is kept when `replace` is false:
  /// Error{refused}.
  void place();

 private:
  std::filesystem::path final_;
  std::filesystem::path temporary_;
  bool replace_;
  bool placed_ = false;
};

}  // namespace queuetrace
