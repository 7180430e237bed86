// Jaeger and Zipkin in the test: what releases 1.76 and 3.5.1 answered once they had the spans of the demo's order.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/http_receiver.hpp"

namespace queuetrace::test {

/// Serves the recorded answers of a folder until it goes: the trace of the order, Jaeger's services, and its search,
/// which finds the trace by the service shop-web alone. Anything else is not found, in Jaeger's words.
class RecordedStores {
 public:
  explicit RecordedStores(const std::filesystem::path& folder);

  std::string url() const { return receiver_.url(); }

 private:
  HttpReceiver receiver_;
};

}  // namespace queuetrace::test
