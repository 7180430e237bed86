#include "model/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "model/error.hpp"

namespace queuetrace {

void* SharedLibrary::handle() const {
  // The loader itself keeps what is loaded, and counts: asking again costs a look into its list.
  void* const library = ::dlopen(file_, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Error(ErrorKind::internal, fmt::format("{}, {}, cannot be loaded", file_, purpose_))
        .with_hint(fmt::format("install it: the package {} of Debian", package_));
  return library;
}

void* SharedLibrary::function(const char* name) const {
  void* const found = ::dlsym(handle(), name);
  if (found == nullptr)
    throw Error(ErrorKind::internal, fmt::format("{} has no function {}", file_, name))
        .with_hint(fmt::format("install a newer {}", package_));
  return found;
}

}  // namespace queuetrace
