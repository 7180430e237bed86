// JSON as a worker written in Go reads it with encoding/json (Go 1.x): what it forgives and how it finds fields.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace queuetrace::go_redis_work_queue {

struct GoJson {
  nlohmann::json document;  ///< discarded: Go refuses the text, or it is nested deeper than 256
  bool replaced = false;    ///< bytes that are no UTF-8, or halves of surrogate pairs, were read as U+FFFD
};

GoJson parse_as_go(std::string_view text);

/// A field by its exact name, else by its name in any case; nullptr when absent or null.
const nlohmann::json* go_field(const nlohmann::json& document, std::string_view name);

/// Fields of a document as a Go structure takes them; one of another type makes Unmarshal fail.
struct GoFields {
  const nlohmann::json& document;
  bool rejected = false;

  std::string text(std::string_view name);     ///< empty when absent or rejected
  std::int64_t number(std::string_view name);  ///< an int64; 0 when absent or rejected
};

}  // namespace queuetrace::go_redis_work_queue
