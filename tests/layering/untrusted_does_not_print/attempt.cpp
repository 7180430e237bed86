// One attempt to print untrusted text a time, chosen by a definition. All but ATTEMPT_CONTROL must fail to compile.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <iostream>
#include <string>

#include "formatters/escape.hpp"

int main() {
  const queuetrace::Untrusted text("data");
#if defined(ATTEMPT_CONTROL)
  std::cout << queuetrace::terminal_text(text, queuetrace::Profile::ident);
#elif defined(ATTEMPT_STREAM)
  std::cout << text;
#elif defined(ATTEMPT_FORMAT)
  std::cout << fmt::format("{}", text);
#elif defined(ATTEMPT_STRING)
  const std::string copy = text;
#elif defined(ATTEMPT_CONCATENATION)
  const std::string copy = "job " + text;
#else
  static_assert(text.empty(), "no attempt chosen");
#endif
}
