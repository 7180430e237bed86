// Fuzz target: configuration files, ours in TOML and those of go-redis-work-queue in YAML. Checks that problems are
// told as such and nothing else is thrown.
#include "backends/systems/go_redis_work_queue/viper.hpp"
#include "cli/config.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace queuetrace;
  using fuzz::require;
  const std::string_view text = fuzz::text_of(data, size);
  const Configuration configuration = parse_configuration(text, "/etc/queuetrace.toml", {{"NAME", "value"}});
  if (!configuration.problems.empty()) require(problems_error(configuration).kind() == ErrorKind::usage);
  const fuzz::MemoryFile file(text);
  try {
    go_redis_work_queue::read_viper(file.path());
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage);
  }
  go_redis_work_queue::viper_integer(text);
  go_redis_work_queue::viper_duration(text);
  return 0;
}
