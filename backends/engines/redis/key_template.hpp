// Keys as a system's tables write them, with names in braces for what differs: `{prefix}:{queue}:wait`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace queuetrace {

/// What stands for the names in braces; absent: not known (fill_key() puts nothing there, glob_of_key() `*`).
struct KeyNames {
  std::optional<std::string_view> prefix = {};  ///< `{prefix}`: of the installation
  std::optional<std::string_view> queue = {};   ///< `{queue}`
  std::optional<std::string_view> id = {};      ///< `{id}`: of a job
};

/// The key with its names filled in. `text` is constant text of a system; values are data and never looked into, so one
/// that holds `{queue}` stays as it is. Other braces are literal: `asynq:{{queue}}:pending` gives
/// `asynq:{mail}:pending`.
std::string fill_key(std::string_view text, const KeyNames& names);

/// Whether the constant text has the name (`{queue}`).
bool has_name(std::string_view text, std::string_view name);

/// What stands before and after the first occurrence of `name`, both filled in. Without the name: the whole and
/// nothing.
std::pair<std::string, std::string> around_name(std::string_view text, std::string_view name, const KeyNames& names);

/// The part of `key` that stands between `before` and `after`; empty: it does not begin and end so, or nothing is left.
std::string_view free_part(std::string_view key, std::string_view before, std::string_view after);

/// A glob (SCAN MATCH) for keys of this form: every name that is not known becomes `*`.
std::string glob_of_key(std::string_view text, const KeyNames& names);

}  // namespace queuetrace
