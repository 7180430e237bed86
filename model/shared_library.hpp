// A library that is not loaded when the program starts, but when the first of its functions is called: start-up pays
// for no library that one server or one option needs. Files called <library>_functions.cpp stand in for its functions.
#pragma once

namespace queuetrace {

/// Names a library by constants; whatever was loaded stays loaded.
class SharedLibrary {
 public:
  /// `file`: `libpq.so.5`; `purpose`: `through which PostgreSQL is asked`; `package`: Debian's.
  constexpr SharedLibrary(const char* file, const char* purpose, const char* package)
      : file_(file), purpose_(purpose), package_(package) {}

  /// Loads it, unless that was done; some milliseconds. Safe from any thread. Throws Error{internal} when it is not
  /// installed.
  void load() const { handle(); }

  /// The function of this name, never nullptr; loads the library. Throws Error{internal} when there is no library, or
  /// no such function in it.
  void* function(const char* name) const;

 private:
  void* handle() const;

  const char* file_;
  const char* purpose_;
  const char* package_;
};

/// Calls the function of this name in `library` with the arguments; it is looked up by the first call.
template <const SharedLibrary& library, auto function, typename... Arguments>
auto call_loaded(const char* name, Arguments... arguments) {
  static void* const address = library.function(name);
  return reinterpret_cast<decltype(function)>(address)(arguments...);
}

}  // namespace queuetrace
