// The environment of a process, as a value: what reads it takes it as an argument.
#pragma once

#include <map>
#include <string>

namespace queuetrace {

/// Variables by name.
using Environment = std::map<std::string, std::string>;

/// The value of a variable; empty where it is not set.
inline std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// Whether a variable is there and not empty.
inline bool is_set(const Environment& environment, const std::string& name) {
  return !value_of(environment, name).empty();
}

}  // namespace queuetrace
