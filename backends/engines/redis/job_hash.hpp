// One job's hash as it was read: its fields by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "backends/drivers/redis/reply.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// Views into a reply of HGETALL or HMGET; valid as long as the reply lives. An empty record does not exist.
class JobHash {
 public:
  JobHash() = default;
  /// A reply of HGETALL.
  explicit JobHash(const Reply& reply) : reply_(&reply) {}
  /// A reply of HMGET for `names`, which must outlive the record.
  JobHash(const Reply& reply, std::span<const std::string_view> names) : reply_(&reply), names_(names) {}

  /// The field's bytes; absent when the hash has no such field, or it was not read.
  std::optional<std::string_view> field(std::string_view name) const;

  /// The same without empty texts, for systems that write those for "nothing".
  std::optional<std::string_view> filled(std::string_view name) const;

  /// Whether there is a hash with any of the fields asked for.
  bool exists() const;

  /// All bytes of names and values, one after the other, for searching them; empty without a record.
  std::string_view bytes() const { return reply_ == nullptr ? std::string_view() : std::string_view(reply_->bytes); }

  /// Whether every field was read.
  bool whole() const { return reply_ != nullptr && names_.empty(); }

 private:
  const Reply* reply_ = nullptr;
  std::span<const std::string_view> names_;
};

/// The field's text; absent where it is empty or not there.
std::optional<Untrusted> text_of(const JobHash& hash, std::string_view field);

/// The same; absent also where it is no whole number that 64 bits hold.
std::optional<std::int64_t> number_of(const JobHash& hash, std::string_view field);

}  // namespace queuetrace
