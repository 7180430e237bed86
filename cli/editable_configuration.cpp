#include "cli/editable_configuration.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/config.hpp"
#include "cli/password.hpp"
#include "cli/sources.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  const int error = errno;
  throw Error(ErrorKind::internal, what + " " + path.string() + ": " + std::strerror(error))
      .with_hint("the configuration is as it was");
}

/// Writes everything to a file that is there, and to the disk.
void write_to_disk(int descriptor, const std::string& text, const std::filesystem::path& path) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(descriptor, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("cannot write", path);
    at += static_cast<std::size_t>(count);
  }
  if (::fsync(descriptor) != 0) fail("cannot write", path);
}

class EditableConfiguration final : public ConfigurationFile {
 public:
  EditableConfiguration(std::filesystem::path path, const Environment& environment)
      : path_(std::move(path)), environment_(environment) {}

  std::string text() const override {
    if (path_.empty())
      throw Error(ErrorKind::usage, "there is no place for a configuration file")
          .with_hint("set HOME or XDG_CONFIG_HOME, or name a file with --config");
    return read_trusted_file(path_, FileTrust::configuration).value_or("");
  }

  Configuration read(const std::string& text) const override {
    Configuration configuration = parse_configuration(text, path_, environment_);
    if (!configuration.problems.empty()) throw problems_error(configuration);
    return configuration;
  }

  Source ready(Source source, std::optional<std::chrono::milliseconds> limit) const override {
    check_variable(source);
    fetch_password(source, environment_, limit);
    return source;
  }

  void replace(const std::string& before, const std::string& text) const override {
    std::error_code problem;
    std::filesystem::path file = std::filesystem::canonical(path_, problem);  // where a link leads
    if (problem) file = path_;
    std::filesystem::create_directories(file.parent_path(), problem);
    struct stat status {};
    const mode_t mode = ::stat(file.c_str(), &status) == 0 ? status.st_mode & 07777 : 0600;
    std::string made = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(made.data(), O_CLOEXEC);
    if (descriptor < 0) fail("cannot write beside", file);
    try {
      if (::fchmod(descriptor, mode) != 0) fail("cannot write", made);
      write_to_disk(descriptor, text, made);
      if (this->text() != before)
        throw Error(ErrorKind::refused, path_.string() + " was changed meanwhile; it stays as it is")
            .with_hint("run the command again");
      if (::rename(made.c_str(), file.c_str()) != 0) fail("cannot replace", file);
    } catch (...) {
      ::close(descriptor);
      ::unlink(made.c_str());
      throw;
    }
    ::close(descriptor);
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
  }

 private:
  std::filesystem::path path_;
  const Environment& environment_;
};

}  // namespace

std::shared_ptr<ConfigurationFile> editable_configuration(const std::filesystem::path& path,
                                                          const Environment& environment) {
  return std::make_shared<EditableConfiguration>(path, environment);
}

}  // namespace queuetrace
