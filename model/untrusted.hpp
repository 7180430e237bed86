// Text from a store, a server or a job. It cannot be printed by accident: there is no stream operator, no formatter and
// no conversion to std::string. The only ways out are the channel functions (formatters/escape.hpp,
// tracing/percent.hpp) and raw().
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace queuetrace {

/// A byte string that job data or a server controls. The bytes are kept exactly; they need not be UTF-8.
class Untrusted {
 public:
  Untrusted() = default;
  explicit Untrusted(std::string bytes) : bytes_(std::move(bytes)) {}

  /// The bytes, for comparing, parsing and binding as a parameter; never for printing.
  const std::string& raw() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }

  friend bool operator==(const Untrusted&, const Untrusted&) = default;
  friend std::strong_ordering operator<=>(const Untrusted&, const Untrusted&) = default;

 private:
  std::string bytes_;
};

}  // namespace queuetrace

template <>
struct std::hash<queuetrace::Untrusted> {
  std::size_t operator()(const queuetrace::Untrusted& text) const noexcept {
    return std::hash<std::string>{}(text.raw());
  }
};
