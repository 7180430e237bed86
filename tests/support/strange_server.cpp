#include "tests/support/strange_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>

#include "tests/support/loopback_listener.hpp"

namespace queuetrace::test {
namespace {

constexpr int look_again = 20;  // ms: how soon a server that goes is noticed

std::string int32(std::uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string int16(unsigned number) { return int32(number).substr(2); }

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

/// Moves so many bytes out of what was read, reading on; false: the other side has gone.
bool take(Conversation& conversation, std::string& buffer, std::size_t count, std::string& into) {
  while (buffer.size() < count)
    if (!conversation.read(buffer)) return false;
  into = buffer.substr(0, count);
  buffer.erase(0, count);
  return true;
}

/// The start-up packet, after refusals of encryption, and the answer that logs in.
bool greet(Conversation& conversation, std::string& buffer) {
  constexpr std::uint32_t encryption = 80'877'103, gss = 80'877'104;
  std::string head, rest;
  for (;;) {
    if (!take(conversation, buffer, 8, head)) return false;
    const std::uint32_t code = number_at(head, 4);
    if (code != encryption && code != gss) break;
    if (!conversation.send("N")) return false;
  }
  if (!take(conversation, buffer, number_at(head, 0) - 8, rest)) return false;
  std::string answer = postgres_message('R', int32(0));
  for (const auto& [name, value] :
       {std::pair("server_version", "15.0"), std::pair("server_encoding", "UTF8"), std::pair("client_encoding", "UTF8"),
        std::pair("standard_conforming_strings", "on")})
    answer += postgres_message('S', std::string(name) + '\0' + value + '\0');
  answer += postgres_message('K', int32(1) + int32(2)) + postgres_message('Z', "I");
  return conversation.send(answer);
}

}  // namespace

bool Conversation::wait(short events, int milliseconds) {
  for (int waited = 0; !over_ && (milliseconds < 0 || waited <= milliseconds); waited += look_again) {
    pollfd one{descriptor_, static_cast<short>(events | POLLRDHUP), 0};
    if (::poll(&one, 1, look_again) <= 0) continue;
    return (one.revents & events) != 0;
  }
  return false;
}

bool Conversation::read(std::string& into) {
  std::array<char, 65536> block;
  if (!wait(POLLIN, -1)) return false;
  const ssize_t count = ::recv(descriptor_, block.data(), block.size(), 0);
  if (count <= 0) return false;
  into.append(block.data(), static_cast<std::size_t>(count));
  return true;
}

bool Conversation::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait(POLLOUT, -1)) return false;
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Conversation::pause(int milliseconds) {
  for (int waited = 0; !over_ && waited < milliseconds; waited += look_again) {
    pollfd one{descriptor_, POLLRDHUP, 0};
    if (::poll(&one, 1, look_again) > 0) return false;
  }
  return !over_;
}

void Conversation::fall_silent() {
  while (pause(1'000)) {
  }
}

void Conversation::repeat(std::string_view bytes) {
  std::string many;
  while (many.size() < 65536) many += bytes;
  while (send(many)) {
  }
}

StrangeServer::StrangeServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  const LoopbackListener listener = listen_on_loopback();
  listener_ = listener.descriptor;
  port_ = listener.port;
  accepting_ = std::jthread([this] { accept_connections(); });
}

StrangeServer::~StrangeServer() {
  over_ = true;
  accepting_.join();
  ::close(listener_);
}

void StrangeServer::accept_connections() {
  while (!over_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, look_again) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    connections_.emplace_back([this, client] {
      Conversation conversation(client, over_);
      behaviour_(conversation);
      ::close(client);
    });
  }
  connections_.clear();
}

bool RedisListener::parse(std::vector<std::string>& words, std::size_t& size) const {
  std::size_t at = 0;
  const auto number = [&](char kind, std::size_t& value) {
    const std::size_t end = buffer_.find("\r\n", at);
    if (end == std::string::npos || buffer_[at] != kind) return false;
    std::from_chars(buffer_.data() + at + 1, buffer_.data() + end, value);
    at = end + 2;
    return true;
  };
  std::size_t count = 0;
  if (!number('*', count)) return false;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t length = 0;
    if (!number('$', length) || buffer_.size() < at + length + 2) return false;
    words.push_back(buffer_.substr(at, length));
    at += length + 2;
  }
  size = at;
  return true;
}

std::vector<std::string> RedisListener::next(std::string& wire) {
  std::vector<std::string> words;
  std::size_t size = 0;
  while (!parse(words, size)) {
    words.clear();
    if (!conversation_.read(buffer_)) return {};
  }
  wire = buffer_.substr(0, size);
  buffer_.erase(0, size);
  std::ranges::transform(words[0], words[0].begin(), [](unsigned char c) { return std::toupper(c); });
  return words;
}

StrangeServer::Behaviour redis_that(std::function<bool(Conversation&, const std::vector<std::string>&)> answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    RedisListener listener(conversation);
    std::string wire;
    for (;;) {
      const std::vector<std::string> words = listener.next(wire);
      if (words.empty() || !answer(conversation, words)) return;
    }
  };
}

std::string postgres_message(char kind, std::string_view content) {
  return std::string(1, kind) + int32(static_cast<std::uint32_t>(content.size() + 4)) + std::string(content);
}

std::string postgres_done() { return postgres_message('C', std::string("BEGIN") + '\0') + postgres_message('Z', "T"); }

std::string postgres_one_done() {
  return postgres_message('1', "") + postgres_message('2', "") + postgres_message('n', "") +
         postgres_message('C', std::string("BEGIN") + '\0');
}

std::string postgres_rows_begin() {
  const std::string column =
      std::string("value") + '\0' + int32(0) + int16(0) + int32(25) + int16(0xffff) + int32(0xffffffff) + int16(0);
  return postgres_message('1', "") + postgres_message('2', "") + postgres_message('T', int16(1) + column);
}

std::string postgres_row(std::string_view value) {
  return postgres_message('D', int16(1) + int32(static_cast<std::uint32_t>(value.size())) + std::string(value));
}

StrangeServer::Behaviour postgres_that(
    std::function<bool(Conversation&, char kind, const std::string& statement)> answer) {
  return [answer = std::move(answer)](Conversation& conversation) {
    std::string buffer, head, content, statement;
    if (!greet(conversation, buffer)) return;
    for (;;) {
      if (!take(conversation, buffer, 5, head)) return;
      if (!take(conversation, buffer, number_at(head, 1) - 4, content)) return;
      if (head[0] == 'X') return;
      if (head[0] == 'P') statement = content.substr(content.find('\0') + 1);
      if (head[0] == 'Q') statement = content;
      statement = statement.substr(0, statement.find('\0'));
      if ((head[0] == 'Q' || head[0] == 'S') && !answer(conversation, head[0], statement)) return;
    }
  };
}

}  // namespace queuetrace::test
