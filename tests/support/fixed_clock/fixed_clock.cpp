// A library to preload: the wall clock stands at QUEUETRACE_TEST_NOW (seconds since 1970), so that ages and default
// time ranges in golden cases never change. Other clocks go on.
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

#include <cstdlib>

namespace {

time_t fixed_seconds() {
  const char* text = std::getenv("QUEUETRACE_TEST_NOW");
  return text == nullptr ? 0 : static_cast<time_t>(std::strtoll(text, nullptr, 10));
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* result) noexcept {
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
    *result = {fixed_seconds(), 0};
    return 0;
  }
  using Function = int (*)(clockid_t, timespec*);
  static const Function next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
  return next(clock, result);
}

extern "C" int gettimeofday(timeval* result, void*) noexcept {
  *result = {fixed_seconds(), 0};
  return 0;
}

extern "C" time_t time(time_t* result) noexcept {
  const time_t now = fixed_seconds();
  if (result != nullptr) *result = now;
  return now;
}
