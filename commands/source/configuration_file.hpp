// The configuration file, as commands that change it see it.
#pragma once

#include <filesystem>
#include <string>

#include "model/configuration.hpp"

namespace queuetrace {

class ConfigurationFile {
 public:
  virtual ~ConfigurationFile() = default;

  /// Its bytes; empty where there is no file yet. Throws Error{usage} for a file that others may write.
  virtual std::string text() const = 0;
  /// What a text would mean in its place. Throws Error{usage} that lists its problems.
  virtual Configuration read(const std::string& text) const = 0;
  /// The source, ready to be opened: with its password, fetched. A command that prints it gets a minute, or `limit`.
  /// Throws Error{usage}, Error{timed_out}.
  virtual Source ready(Source source, std::optional<std::chrono::milliseconds> limit) const = 0;
  /// Puts `text` in place of `before` in one step, on the disk when it returns; the file keeps its mode, a new one is
  /// readable by its owner only, and a symbolic link keeps pointing to it. Throws Error{refused} when the file holds
  /// something else than `before` by now, internal when the disk refuses.
  virtual void replace(const std::string& before, const std::string& text) const = 0;
};

}  // namespace queuetrace
