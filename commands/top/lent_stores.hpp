// Stores that stay open while one command after the other asks them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/context.hpp"

namespace queuetrace {

/// Opens each source once and hands out its stores as often as they are wanted, to one user at a time. What is handed
/// out must not outlive this.
class LentStores {
 public:
  /// `open`: as Context::open.
  explicit LentStores(std::function<std::vector<OpenedSource>(const std::vector<Source>&)> open);
  ~LentStores();

  /// As Context::open. A source that could not be opened is tried again the next time.
  std::vector<OpenedSource> lend(const std::vector<Source>& sources);
  /// Closes everything: a connection that failed is not used again.
  void close() { opened_.clear(); }

 private:
  std::function<std::vector<OpenedSource>(const std::vector<Source>&)> open_;
  std::vector<OpenedSource> opened_;
};

}  // namespace queuetrace
