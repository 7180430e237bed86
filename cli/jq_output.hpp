// --jq: standard output through a jq expression. Commands print JSON as always; what the expression makes of it is
// shown.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string>

namespace queuetrace {

/// A stream buffer that takes JSON and writes what a jq expression makes of each document or line of it, a result a
/// line: strings as they are, null as nothing, everything else as compact JSON. On a terminal nothing in a string can
/// drive it. Holds one document, of at most 64 MiB, and refuses one that makes more than that. Streams on it need
/// exceptions(badbit).
class JqOutput final : public std::streambuf {
 public:
  /// Throws Error{usage} with jq's own words for an expression that does not compile.
  JqOutput(const std::string& expression, std::ostream& out, bool terminal);
  ~JqOutput() override;
  JqOutput(const JqOutput&) = delete;
  JqOutput& operator=(const JqOutput&) = delete;

  /// Call once everything was printed. Throws Error{usage} when it ended inside a document.
  void finish();

 protected:
  int_type overflow(int_type byte) override;
  /// Throws Error{usage} for what is no JSON, and where the expression fails on a document.
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  struct Program;
  /// `more`: further bytes will follow these.
  void take(const char* bytes, int count, bool more);

  std::unique_ptr<Program> program_;
  std::ostream& out_;
  bool terminal_;
  std::size_t held_ = 0;  ///< bytes of the document that is not complete yet
  bool halted_ = false;   ///< the expression wants no more of them
};

}  // namespace queuetrace
