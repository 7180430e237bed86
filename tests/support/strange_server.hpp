// A server of a stranger: takes connections on the loopback address and does to each what a test says.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace queuetrace::test {

/// One connection. Every call waits; after the other side or the server has gone each returns false at once.
class Conversation {
 public:
  Conversation(int descriptor, const std::atomic<bool>& over) : descriptor_(descriptor), over_(over) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Appends what came, at least one byte.
  bool read(std::string& into);
  bool send(std::string_view bytes);
  /// Waits so long, or until the other side closes; false then. What came meanwhile stays unread.
  bool pause(int milliseconds);
  /// Says nothing more until the other side closes.
  void fall_silent();
  /// Sends the bytes again and again until the other side closes.
  void repeat(std::string_view bytes);
  int descriptor() const { return descriptor_; }

 private:
  bool wait(short events, int milliseconds);
  int descriptor_;
  const std::atomic<bool>& over_;
};

class StrangeServer {
 public:
  /// Called with each connection in a thread of its own; the connection is closed when it returns.
  using Behaviour = std::function<void(Conversation&)>;

  explicit StrangeServer(Behaviour behaviour);
  ~StrangeServer();
  StrangeServer(const StrangeServer&) = delete;
  StrangeServer& operator=(const StrangeServer&) = delete;

  /// On 127.0.0.1.
  std::uint16_t port() const { return port_; }

 private:
  void accept_connections();

  Behaviour behaviour_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::vector<std::jthread> connections_;  ///< of the accepting thread
  std::jthread accepting_;
};

/// The words of each command that came over a connection, in RESP. Absent: the other side has gone.
class RedisListener {
 public:
  explicit RedisListener(Conversation& conversation) : conversation_(conversation) {}
  /// The next command, its name in capitals; empty when the other side has gone. `wire` becomes its bytes.
  std::vector<std::string> next(std::string& wire);

 private:
  bool parse(std::vector<std::string>& words, std::size_t& size) const;
  Conversation& conversation_;
  std::string buffer_;
};

/// Speaks Redis: `answer` gets the words of each command and sends the reply, or does not; false ends the conversation.
StrangeServer::Behaviour redis_that(std::function<bool(Conversation&, const std::vector<std::string>&)> answer);

/// Speaks PostgreSQL: takes any log-in without a password, then calls `answer` with each query message ('Q', or 'S'
/// at the end of extended queries) and the text of the last statement; false ends the conversation.
StrangeServer::Behaviour postgres_that(
    std::function<bool(Conversation&, char kind, const std::string& statement)> answer);

/// A message of PostgreSQL's protocol: the kind, the length, the content.
std::string postgres_message(char kind, std::string_view content);
/// The answer to a statement without rows: `CommandComplete`, `ReadyForQuery`.
std::string postgres_done();
/// The answer to one of several extended queries, without rows: `ParseComplete`, `BindComplete`, `NoData`,
/// `CommandComplete`.
std::string postgres_one_done();
/// What precedes rows of one column of text in an extended query: `ParseComplete`, `BindComplete`, `RowDescription`.
std::string postgres_rows_begin();
/// A row of one column.
std::string postgres_row(std::string_view value);

}  // namespace queuetrace::test
