// Linked into the program and the tests where a sanitizer is built in: what it finds is written to a file and ends the
// process with a status that nothing here uses, whatever a test makes of the program's messages and exit code, and
// whatever environment it gives it. The CTest test `sanitizer_reports` fails while there is such a file.

// How the libraries of the sanitizers ask: their names, not ours.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" const char* __asan_default_options();
extern "C" const char* __ubsan_default_options();
extern "C" const char* __tsan_default_options();

// A library that is preloaded (the fixed clock) comes before the sanitizer's.
extern "C" const char* __asan_default_options() {
  return "log_path=" SANITIZER_REPORTS "/address:exitcode=99:verify_asan_link_order=0:detect_stack_use_after_return=1";
}
extern "C" const char* __ubsan_default_options() {
  return "log_path=" SANITIZER_REPORTS "/undefined:exitcode=99:print_stacktrace=1";
}
extern "C" const char* __tsan_default_options() { return "log_path=" SANITIZER_REPORTS "/thread:exitcode=99"; }
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
