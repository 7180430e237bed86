// What a BackupRecord of a Redis store holds: one element of a list with its place, or the keys, members and fields
// that make up a job. Bytes of the store are written in base64, so nothing is lost of binary data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.hpp"

namespace queuetrace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct BackedUpElement {
  std::string key;
  std::string element;
  bool from_head = false;  ///< which end `position` counts from
  std::uint64_t position = 0;
  std::optional<std::int64_t> expires_at_ms;  ///< of the list, Unix time
};

/// A whole key.
struct BackedUpKey {
  enum class Type { hash, stream, string, list, set, sorted_set };
  std::string key;
  Type type = Type::hash;
  Pairs fields;                                        ///< hash: fields and values; sorted set: members and scores
  std::vector<std::pair<std::string, Pairs>> entries;  ///< stream: id, fields
  std::vector<std::string> elements;                   ///< list from its head, set; string: its one value
  std::optional<std::int64_t> expires_at_ms;
};

/// A member of a sorted set with its score, a field of a hash with its value, or a member of a set, that others share.
struct BackedUpPart {
  enum class Kind { member, field, set_member };
  Kind kind = Kind::member;
  std::string key;
  std::string name;
  std::string value;                          ///< score as Redis writes it, or value; of a set nothing
  std::optional<std::int64_t> expires_at_ms;  ///< of the whole key
};

/// An element and what belongs to it, or keys and parts alone.
struct BackedUpJob {
  std::optional<BackedUpElement> element;
  std::vector<BackedUpKey> keys;  ///< the job's record first
  std::vector<BackedUpPart> parts;
};

/// Memory: the content, 4/3 of what it holds.
std::string to_content(const BackedUpJob& job);

/// Throws Error{usage} for a record that is none of ours. Memory: the record and up to twice its largest value while it
/// is read, then what it holds.
BackedUpJob read_content(BackupRecord record);

}  // namespace queuetrace
