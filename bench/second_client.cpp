// The client beside us: asks the server for one small value every millisecond, as a worker's heartbeat does, until it
// is told to end, and prints how long the answers took. Usage: second_client SOCKET SECONDS, or SECONDS 0: until
// SIGTERM. Prints: answers, median, 99th percentile and longest, in microseconds.
#include <hiredis/hiredis.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

std::atomic<bool> over{false};

void end(int) { over = true; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds pause{1};
  std::signal(SIGTERM, end);
  redisContext* context = redisConnectUnix(argv[1]);
  if (context == nullptr || context->err != 0) return 5;
  const int seconds = std::atoi(argv[2]);
  const Clock::time_point stop = seconds == 0 ? Clock::time_point::max() : Clock::now() + std::chrono::seconds(seconds);
  std::vector<long> times;
  while (!over && Clock::now() < stop) {
    const Clock::time_point start = Clock::now();
    redisReply* reply = static_cast<redisReply*>(redisCommand(context, "GET queuetrace:bench"));
    if (reply == nullptr) return 5;
    freeReplyObject(reply);
    times.push_back(
        static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count()));
    std::this_thread::sleep_for(pause);
  }
  redisFree(context);
  if (times.empty()) return 1;
  std::sort(times.begin(), times.end());
  const auto at = [&](double part) {
    return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
  };
  std::printf("%zu %ld %ld %ld\n", times.size(), at(0.5), at(0.99), times.back());
  return 0;
}
