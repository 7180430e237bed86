// Standard output: buffered, through a pager where that helps, and quiet when the reader goes away.
#pragma once

#include <sys/types.h>

#include <functional>
#include <streambuf>
#include <string>
#include <vector>

#include "cli/config_file.hpp"

namespace queuetrace {

/// Thrown when whoever reads our output has closed it: the run ends quietly.
struct OutputClosed {};

/// The pager to use as argument list: QUEUETRACE_PAGER, else `configured`, else PAGER, else `less -FRX`. Empty when
/// that is empty or `cat`.
std::vector<std::string> pager_program(const std::vector<std::string>& configured, const Environment& environment);

/// When output goes through a pager: never with an empty program or height 0.
struct Paging {
  std::vector<std::string> program;
  int height = 0;  ///< output of more lines than fit is paged
  Environment environment;
  std::function<void(const std::string&)> complain;  ///< told when the pager cannot be started
};

/// A stream buffer on a file descriptor. Throws OutputClosed when the reader is gone and Error{internal} when writing
/// fails otherwise (a full disk); streams on it need exceptions(badbit) to pass these on.
class StandardOutput : public std::streambuf {
 public:
  explicit StandardOutput(int descriptor);
  ~StandardOutput() override;
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  /// From here on output is held back until it is taller than the screen, then goes through the pager.
  void page(Paging paging);
  /// Calls `before` ahead of everything that is written, so that nothing of ours stands where it goes.
  void before_writing(std::function<void()> before) { before_ = std::move(before); }
  /// Whether the output goes through a pager.
  bool is_paged() const { return pager_ >= 0; }
  /// Writes what is held and waits for the pager.
  void finish();

 protected:
  int_type overflow(int_type byte) override;
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  void add(const char* bytes, std::size_t count);
  void start_pager();
  void write_held();

  int descriptor_;
  std::string held_;
  Paging paging_;
  std::function<void()> before_;
  bool holding_ = false;  ///< may still turn out to need the pager
  int lines_ = 0;
  pid_t pager_ = -1;
};

}  // namespace queuetrace
