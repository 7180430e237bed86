#include "tests/cli/recorded_stores.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace queuetrace::test {
namespace {

struct Recorded {
  std::string_view request;  ///< how the request line begins
  std::string_view file;
};

constexpr std::array recorded{
    Recorded{"GET /api/traces/7c1e9d54b8a24f0f9e3d6a1b52c8704d ", "jaeger_trace.json"},
    Recorded{"GET /api/services ", "jaeger_services.json"},
    Recorded{"GET /api/traces?service=shop-web&", "jaeger_trace.json"},
    Recorded{"GET /api/traces?", "jaeger_found_nothing.json"},
    Recorded{"GET /api/v2/trace/7c1e9d54b8a24f0f9e3d6a1b52c8704d ", "zipkin_trace.json"},
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string answer_to(const HttpRequest& request, const std::filesystem::path& folder) {
  for (const Recorded& one : recorded)
    if (request.line.starts_with(one.request)) return http_response(text_of(folder / one.file));
  return http_response(text_of(folder / "jaeger_not_found.json"), "404 Not Found");
}

}  // namespace

RecordedStores::RecordedStores(const std::filesystem::path& folder)
    : receiver_([folder](const HttpRequest& request) { return answer_to(request, folder); }) {}

}  // namespace queuetrace::test
