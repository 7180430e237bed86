#include "model/shared_library.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr SharedLibrary mathematics("libm.so.6", "which is everywhere", "libc6");
constexpr SharedLibrary nowhere("libqueuetrace-nowhere.so.1", "which nothing needs", "libnowhere1");

/// What an Error of `kind` says, with its hint.
template <typename Work>
std::string refusal(ErrorKind kind, const Work& work) {
  try {
    work();
    return "";
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what() + ("; " + error.hint());
  }
}

TEST_CASE("functions of a library are called where it is there") {
  mathematics.load();
  using Function = double (*)(double);
  CHECK(call_loaded<mathematics, static_cast<Function>(&::floor)>("floor", 3.5) == 3.0);
  CHECK(call_loaded<mathematics, static_cast<Function>(&::floor)>("floor", -1.5) == -2.0);
}

TEST_CASE("a library or a function that is not there is said, with its package") {
  CHECK(refusal(ErrorKind::internal, [] { nowhere.load(); }) ==
        "libqueuetrace-nowhere.so.1, which nothing needs, cannot be loaded; install it: the package libnowhere1 of "
        "Debian");
  CHECK(refusal(ErrorKind::internal, [] { nowhere.function("anything"); }) ==
        refusal(ErrorKind::internal, [] { nowhere.load(); }));
  CHECK(refusal(ErrorKind::internal, [] { mathematics.function("no_such_function"); }) ==
        "libm.so.6 has no function no_such_function; install a newer libc6");
}

}  // namespace
}  // namespace queuetrace
