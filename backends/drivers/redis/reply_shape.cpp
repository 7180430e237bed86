#include "backends/drivers/redis/reply_shape.hpp"

#include <algorithm>
#include <charconv>

#include "backends/drivers/redis/command.hpp"
#include "backends/drivers/redis/protocol_error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

using Type = Reply::Type;

bool all_are(Reply::View array, auto&& is_one) {
  if (!array.is(Type::array)) return false;
  for (std::size_t i = 0; i < array.size(); ++i)
    if (!is_one(array[i])) return false;
  return true;
}

bool is_string(Reply::View value) { return value.is(Type::string); }
bool is_string_or_nil(Reply::View value) { return value.is(Type::string) || value.is(Type::nil); }
bool is_integer(Reply::View value) { return value.is(Type::integer); }

/// A decimal number of 64 bits.
bool is_cursor(Reply::View value) {
  const std::string_view text = value.text();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return value.is(Type::string) && error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool is_page(Reply::View reply) {
  return reply.is(Type::array) && reply.size() == 2 && is_cursor(reply[0]) && all_are(reply[1], is_string);
}

/// A deleted entry has no fields.
bool is_entry(Reply::View value) {
  return value.is(Type::array) && value.size() == 2 && is_string(value[0]) &&
         (value[1].is(Type::nil) || all_are(value[1], is_string));
}

bool fits(Reply::View reply, ReplyShape shape) {
  switch (shape) {
    case ReplyShape::any: return true;
    case ReplyShape::status: return reply.is(Type::status);
    case ReplyShape::integer: return reply.is(Type::integer);
    case ReplyShape::integer_or_nil: return reply.is(Type::integer) || reply.is(Type::nil);
    case ReplyShape::string: return is_string(reply);
    case ReplyShape::string_or_nil: return is_string_or_nil(reply);
    case ReplyShape::strings: return all_are(reply, is_string);
    case ReplyShape::strings_or_nils: return all_are(reply, is_string_or_nil);
    case ReplyShape::integers: return all_are(reply, is_integer);
    case ReplyShape::pairs: return all_are(reply, is_string) && reply.size() % 2 == 0;
    case ReplyShape::scan: return is_page(reply);
    case ReplyShape::scan_pairs: return is_page(reply) && reply[1].size() % 2 == 0;
    case ReplyShape::entries: return all_are(reply, is_entry);
    case ReplyShape::array: return reply.is(Type::array);
    case ReplyShape::array_or_nil: return reply.is(Type::array) || reply.is(Type::nil);
  }
  return false;
}

std::optional<std::int64_t> position_in(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Elements of a range between two positions, counted from the same end.
std::optional<std::size_t> length_of_range(const RedisCommand& command) {
  if (command.arguments.size() < 4) return std::nullopt;
  const std::optional<std::int64_t> first = position_in(command.arguments[2]), last = position_in(command.arguments[3]);
  if (!first || !last || (*first < 0) != (*last < 0)) return std::nullopt;
  return *last < *first ? 0 : static_cast<std::size_t>(*last - *first) + 1;
}

}  // namespace

void ExpectedReply::check(Reply::View reply) const {
  if (reply.is(Type::error) || (may_be_queued && reply.is(Type::status) && reply.text() == "QUEUED")) return;
  if (!fits(reply, shape)) throw_protocol_error("the answer to " + std::string(name) + " is of another form");
  if ((count && reply.size() != *count) || (most && reply.size() > *most))
    throw_protocol_error("the answer to " + std::string(name) + " has another number of elements than asked for");
  if (is_scan() && reply[0].text() == cursor && cursor != "0")
    throw_protocol_error(std::string(name) + " does not go on");
}

ExpectedReply expected_reply(const RedisCommand& command) {
  ExpectedReply expected = form_of_reply(command);
  const std::size_t words = command.arguments.size();
  if (expected.name == "MGET")
    expected.count = words - 1;
  else if (expected.name == "HMGET" || expected.name == "ZMSCORE" || expected.name == "SMISMEMBER")
    expected.count = words - 2;
  else if (expected.name == "TIME")
    expected.count = 2;
  else if (expected.name == "LRANGE")
    expected.most = length_of_range(command);
  else if (expected.name == "SCAN" && words > 1)
    expected.cursor = command.arguments[1];
  else if (expected.is_scan() && words > 2)
    expected.cursor = command.arguments[2];
  if (expected.shape == ReplyShape::strings && std::ranges::any_of(command.arguments, [](const std::string& word) {
        return equal_ignoring_case(word, "WITHSCORES");
      }))
    expected.shape = ReplyShape::pairs;
  return expected;
}

}  // namespace queuetrace
