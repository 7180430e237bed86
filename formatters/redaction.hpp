// Which values are hidden from every output unless --show-secrets is given (docs/threats.md section 6.3). A
// convenience, not a boundary: a name written with look-alike letters is not found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/untrusted.hpp"

namespace queuetrace {

/// The rules of one run.
class Redaction {
 public:
  /// `key_globs`: further keys to hide, without regard to case. `enabled` false: nothing is hidden (--show-secrets).
  explicit Redaction(const std::vector<std::string>& key_globs = {}, bool enabled = true);

  bool enabled() const { return enabled_; }

  /// Whether the value of this key (decoded) is hidden whole.
  bool hides_key(std::string_view key) const;

  /// Appends `text`, which is no valid JSON, with secrets replaced by `***`, and returns how many were: by form
  /// anywhere, by key where it looks like (broken or cut) JSON, and where a name is given a value (`password=x`).
  std::uint64_t hide_in_text(std::string_view text, std::string& out) const;

  /// The same for a string of a JSON document, without a look for documents in it. With 0 nothing was appended.
  std::uint64_t hide_in_string(std::string_view text, std::string& out) const;

 private:
  std::uint64_t append_hidden(std::string_view text, std::string& out) const;

  std::vector<std::string> key_globs_;  ///< lower case
  bool enabled_;
};

/// What a server says, without secrets (Redaction::hide_in_text).
std::string without_secrets(const Untrusted& text);

}  // namespace queuetrace
