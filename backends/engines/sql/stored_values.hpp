// The JSON text in which a store keeps what has no column of its own: the extra fields, parents and notes of a job.
// Written by captures, read by the row reader; what is written reads back equal, type by type.
//
// Plain JSON where JSON can say it: null, booleans, whole numbers, fractions, strings (data), arrays and objects. An
// object with a single member that begins with `$` is a typed value:
//   {"$time": microseconds}   {"$ms": milliseconds}   {"$own": "our own text"}   {"$json": JSON text of the job}
//   {"$hex": "bytes that are not UTF-8"}   {"$real": "nan", "inf" or "-inf"}   {"$fields": [[name, value], ...]}
// `$fields` is written where an object could not keep the names as they are (doubles, no UTF-8, a leading `$`).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// JSON text; absent when there is nothing to keep.
std::optional<std::string> encode_fields(const Fields& fields);
std::optional<std::string> encode_ids(const std::vector<Untrusted>& ids);
std::optional<std::string> encode_notes(const std::vector<Note>& notes);

/// The reverse, for text of any origin: what is not such JSON, or nested more than 64 levels deep, reads
/// as nothing (absent). Text marked as ours stays ours only while it is printable ASCII, else it is data.
std::optional<Fields> decode_fields(std::string_view json);
std::optional<std::vector<Untrusted>> decode_ids(std::string_view json);
/// Bytes in a note that are not printable ASCII become `\xHH`.
std::optional<std::vector<Note>> decode_notes(std::string_view json);

/// Whether all bytes are printable ASCII, so that the text is harmless in every channel.
bool is_printable_ascii(std::string_view text);

}  // namespace queuetrace
