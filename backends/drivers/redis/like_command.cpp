#include "backends/drivers/redis/like_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace queuetrace {
namespace {

/// `$LENGTH` of an argument and its line end.
struct Length {
  explicit Length(std::size_t size) {
    end = std::to_chars(digits.data() + 1, digits.data() + digits.size() - 2, size).ptr;
    *end++ = '\r';
    *end++ = '\n';
  }
  std::string_view text() const { return {digits.data(), static_cast<std::size_t>(end - digits.data())}; }
  std::array<char, 24> digits{'$'};
  char* end = nullptr;
};

}  // namespace

void LikeCommand::follow(const RedisCommand& command, const std::string& wire, std::size_t begin) {
  forget();
  const std::optional<std::size_t> place = place_of_key(command);
  if (!place) return;
  std::size_t behind = 0;
  for (std::size_t i = *place + 1; i < command.arguments.size(); ++i) {
    const std::string& argument = command.arguments[i];
    behind += Length(argument.size()).text().size() + argument.size() + 2;
  }
  const std::string& key = command.arguments[*place];
  before_ = &command;
  place_ = *place;
  tail_size_ = behind + 2;
  tail_ = wire.size() - tail_size_;
  head_ = begin;
  head_size_ = tail_ - key.size() - Length(key.size()).text().size() - begin;
}

bool LikeCommand::add(const RedisCommand& command, std::string& wire) {
  if (before_ == nullptr || command.arguments.size() != before_->arguments.size()) return false;
  for (std::size_t i = 0; i < command.arguments.size(); ++i)
    if (i != place_ && command.arguments[i] != before_->arguments[i]) return false;
  const std::string& key = command.arguments[place_];
  wire.append(wire, head_, head_size_);
  wire.append(Length(key.size()).text());
  wire.append(key);
  wire.append(wire, tail_, tail_size_);
  return true;
}

}  // namespace queuetrace
