#include "backends/engines/sql/seen_ids.hpp"

#include <cerrno>
#include <cstring>
#include <functional>
#include <unordered_set>

#include "model/error.hpp"

namespace queuetrace {
namespace {

std::uint64_t fingerprint(std::string_view id) { return std::hash<std::string_view>()(id); }

[[noreturn]] void fail() {
  const int problem = errno;
  throw Error(ErrorKind::internal, "cannot keep in a temporary file which jobs were read")
      .because(Untrusted(std::strerror(problem)))
      .with_hint("make room in the folder for temporary files (/tmp)");
}

}  // namespace

void SeenIds::flush() {
  if (!file_) file_.reset(std::tmpfile());
  if (!file_) {
    next_flush_ += block;  // nowhere to put a file: they stay in memory
    return;
  }
  if (std::fseek(file_.get(), 0, SEEK_END) != 0 ||
      std::fwrite(buffer_.data(), sizeof(std::uint64_t), buffer_.size(), file_.get()) != buffer_.size())
    fail();
  buffer_.clear();
  next_flush_ = block;
}

void SeenIds::add(std::string_view id) {
  buffer_.push_back(fingerprint(id));
  if (buffer_.size() >= next_flush_) flush();
}

std::vector<std::string> SeenIds::not_seen(std::vector<std::string> candidates) {
  std::unordered_set<std::uint64_t> wanted, found;
  for (const std::string& id : candidates) wanted.insert(fingerprint(id));
  const auto look = [&](const std::uint64_t* prints, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (wanted.contains(prints[i])) found.insert(prints[i]);
  };
  look(buffer_.data(), buffer_.size());
  if (file_ && !wanted.empty()) {
    if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) fail();
    std::vector<std::uint64_t> prints(block);
    while (const std::size_t count = std::fread(prints.data(), sizeof(std::uint64_t), block, file_.get()))
      look(prints.data(), count);
    if (std::ferror(file_.get()) != 0) fail();
  }
  std::erase_if(candidates, [&](const std::string& id) { return found.contains(fingerprint(id)); });
  return candidates;
}

}  // namespace queuetrace
