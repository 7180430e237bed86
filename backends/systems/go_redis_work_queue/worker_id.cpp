#include "backends/systems/go_redis_work_queue/worker_id.hpp"

#include <charconv>
#include <vector>

namespace queuetrace::go_redis_work_queue {

WorkerId parse_worker_id(std::string_view id) {
  std::vector<std::string_view> parts;  // from the right
  std::string_view rest = id;
  while (parts.size() < 4) {
    const std::size_t dash = rest.rfind('-');
    if (dash == std::string_view::npos) break;
    parts.push_back(rest.substr(dash + 1));
    rest = rest.substr(0, dash);
  }
  const auto number = [](std::string_view text) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
  };
  WorkerId worker;
  if (parts.size() == 4 && parts[1].size() == 4 && number(parts[0]) && number(parts[2]) && number(parts[3])) {
    worker.host = std::string(rest);
    worker.process = number(parts[3]);
    worker.started = Timestamp(std::chrono::microseconds(*number(parts[2]) / 1000));
  } else if (parts.size() >= 2 && number(parts[0]) && number(parts[1])) {
    // The older form, host-pid-index.
    worker.process = number(parts[1]);
    worker.host = std::string(id.substr(0, id.size() - parts[0].size() - parts[1].size() - 2));
  }
  return worker;
}

}  // namespace queuetrace::go_redis_work_queue
