#include "backends/drivers/sqlite/row_digest.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <string_view>

#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

/// Each value as its type and its bytes, texts and blobs with their size before them.
void digest(sqlite3_context* context, int count, sqlite3_value** values) {
  std::uint64_t sum = fingerprint("");
  const auto add = [&](const void* bytes, std::size_t size) {
    sum = fingerprint(std::string_view(static_cast<const char*>(bytes), size), sum);
  };
  for (int i = 0; i < count; ++i) {
    const int type = sqlite3_value_type(values[i]);
    add(&type, sizeof type);
    if (type == SQLITE_INTEGER) {
      const sqlite3_int64 number = sqlite3_value_int64(values[i]);
      add(&number, sizeof number);
    } else if (type == SQLITE_FLOAT) {
      const double number = sqlite3_value_double(values[i]);
      add(&number, sizeof number);
    } else if (type != SQLITE_NULL) {
      const void* bytes = sqlite3_value_blob(values[i]);
      const int size = sqlite3_value_bytes(values[i]);
      add(&size, sizeof size);
      add(bytes, static_cast<std::size_t>(size));
    }
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(sum));
  sqlite3_result_text(context, digits, 16, SQLITE_TRANSIENT);
}

}  // namespace

void add_row_digest(sqlite3* database) {
  sqlite3_create_function_v2(database, "queuetrace_digest", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                             nullptr, &digest, nullptr, nullptr, nullptr);
}

}  // namespace queuetrace
