// A password or token. It has no stream operator and no formatter, and its memory is overwritten on destruction.
#pragma once

#include <string>
#include <utility>

namespace queuetrace {

/// Holds one secret. Only the code that hands it to a server calls reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) = default;
  ~Secret() {
    volatile char* byte = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) byte[i] = 0;
  }

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace queuetrace
