#include "backends/drivers/redis/reply_reader.hpp"

#include <algorithm>
#include <charconv>

#include "backends/drivers/redis/protocol_error.hpp"

namespace queuetrace {
namespace {

/// Status and error lines, and the heads of everything else.
constexpr std::size_t longest_line = 64 * 1024;

/// Longer strings get their room when they are announced.
constexpr std::uint64_t grown_at_once = 1u << 20;

std::int64_t number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    throw_protocol_error("a number is malformed or too large");
  return value;
}

}  // namespace

void ReplyReader::feed(std::string_view bytes) {
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  // Inside a string most bytes go straight where they stay.
  if (in_string_ && buffer_.empty() && string_left_ > 0) {
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(string_left_, bytes.size()));
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(keep_left_, taken));
    reply_.bytes.append(bytes.substr(0, kept));
    keep_left_ -= kept;
    string_left_ -= taken;
    bytes.remove_prefix(taken);
  }
  buffer_.append(bytes);
}

bool ReplyReader::read_line(std::string_view& line) {
  const std::size_t end = buffer_.find("\r\n", at_);
  if (end == std::string::npos) {
    if (buffer_.size() - at_ > longest_line) throw_protocol_error("a line is longer than the limit");
    return false;
  }
  line = std::string_view(buffer_).substr(at_, end - at_);
  at_ = end + 2;
  return true;
}

std::uint64_t ReplyReader::room() const {
  return limits_.kept - std::min<std::uint64_t>(limits_.kept, reply_.bytes.size());
}

void ReplyReader::end_value() {
  while (!open_.empty()) {
    ++open_.back().next;
    if (--open_.back().left > 0) return;
    open_.pop_back();
  }
  whole_ = true;
}

void ReplyReader::add_text(Reply::Type type, std::string_view text) {
  reply_.nodes[node()] = {type, static_cast<std::int64_t>(reply_.bytes.size()), text.size()};
  reply_.bytes.append(text);
  end_value();
}

void ReplyReader::begin_string(std::string_view length) {
  const std::int64_t size = number_in(length);
  if (size == -1) {
    reply_.nodes[node()] = {};
    return end_value();
  }
  if (size < 0 || static_cast<std::uint64_t>(size) > limits_.longest_string)
    throw_protocol_error("a string longer than the limit was announced");
  string_left_ = static_cast<std::uint64_t>(size);
  keep_left_ = std::min({string_left_, limits_.kept_of_string, room()});
  Reply::Node one{Reply::Type::string, static_cast<std::int64_t>(reply_.bytes.size()),
                  static_cast<std::size_t>(keep_left_)};
  if (keep_left_ < string_left_) one.cut_from = string_left_;
  // A long string would be copied, and held twice, while its room grows.
  if (keep_left_ > grown_at_once) reply_.bytes.reserve(reply_.bytes.size() + static_cast<std::size_t>(keep_left_));
  reply_.nodes[node()] = one;
  in_string_ = true;
}

bool ReplyReader::read_string() {
  const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(string_left_, buffer_.size() - at_));
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(keep_left_, here));
  reply_.bytes.append(buffer_, at_, kept);
  keep_left_ -= kept;
  string_left_ -= here;
  at_ += here;
  if (string_left_ > 0 || buffer_.size() - at_ < 2) return false;
  if (buffer_.compare(at_, 2, "\r\n") != 0) throw_protocol_error("a string does not end where it should");
  at_ += 2;
  in_string_ = false;
  end_value();
  return true;
}

void ReplyReader::begin_array(std::string_view count) {
  const std::int64_t size = number_in(count);
  if (size == -1) {
    reply_.nodes[node()] = {};
    return end_value();
  }
  const auto elements = static_cast<std::uint64_t>(size);
  if (size < 0 || open_.size() + 1 > limits_.depth || elements > limits_.elements ||
      reply_.nodes.size() + elements > limits_.elements)
    throw_protocol_error("the reply is larger or deeper than the limit");
  const std::size_t first = reply_.nodes.size();
  const std::size_t self = node();
  reply_.nodes.resize(first + elements);
  reply_.nodes[self] = {Reply::Type::array, static_cast<std::int64_t>(first), static_cast<std::size_t>(elements)};
  if (elements == 0) return end_value();
  open_.push_back({first, static_cast<std::size_t>(elements)});
}

void ReplyReader::begin_value(std::string_view line) {
  if (line.empty()) throw_protocol_error("an empty line where a reply should begin");
  const std::string_view rest = line.substr(1);
  switch (line.front()) {
    case '+': return add_text(Reply::Type::status, rest);
    case '-': return add_text(Reply::Type::error, rest);
    case ':': reply_.nodes[node()] = {Reply::Type::integer, number_in(rest), 0}; return end_value();
    case '$': return begin_string(rest);
    case '*': return begin_array(rest);
    default: throw_protocol_error("a reply begins with a byte that the protocol does not know");
  }
}

std::optional<Reply> ReplyReader::next() {
  while (!whole_) {
    if (in_string_) {
      if (!read_string()) return std::nullopt;
      continue;
    }
    std::string_view line;
    if (!read_line(line)) return std::nullopt;
    begin_value(line);
  }
  whole_ = false;
  const std::size_t bytes = reply_.bytes.size();
  const std::size_t nodes = reply_.nodes.size();
  Reply reply = std::move(reply_);
  reply_ = Reply();
  reply_.bytes.reserve(std::min<std::size_t>(bytes, 1u << 20));
  reply_.nodes.reserve(std::min<std::size_t>(nodes, 4096));
  return reply;
}

}  // namespace queuetrace
