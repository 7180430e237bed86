#include "tests/support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

namespace queuetrace::test {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using ContextPointer = std::unique_ptr<redisContext, FreeContext>;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ReplyPointer = std::unique_ptr<redisReply, FreeReply>;

std::string as_text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
    case REDIS_REPLY_NIL: return "(nil)";
    case REDIS_REPLY_ARRAY: {
      std::string text;
      for (std::size_t i = 0; i < reply.elements; ++i) text += (i == 0 ? "" : " ") + as_text(*reply.element[i]);
      return text;
    }
    default: return std::string(reply.str, reply.len);
  }
}

ContextPointer connect(const std::string& socket) {
  ContextPointer context(redisConnectUnix(socket.c_str()));
  if (!context || context->err != 0) throw std::runtime_error("cannot reach the test's Redis server");
  return context;
}

void append(redisContext* context, const std::vector<std::string>& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  redisAppendCommandArgv(context, static_cast<int>(words.size()), words.data(), sizes.data());
}

ReplyPointer next_reply(redisContext* context) {
  void* reply = nullptr;
  if (redisGetReply(context, &reply) != REDIS_OK) throw std::runtime_error(context->errstr);
  return ReplyPointer(static_cast<redisReply*>(reply));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

namespace {

std::uint16_t any_free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) == 0;
  ::close(descriptor);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(name.sin_port);
}

constexpr int start_attempts = 5;  // another program may take the port before the server does
constexpr int not_started = 127;   // exit code

}  // namespace

std::uint16_t free_port() {
  constexpr std::uint16_t highest = 55535;  // a cluster's servers also need the port 10,000 above
  std::uint16_t port = any_free_port();
  while (port > highest) port = any_free_port();
  return port;
}

RedisServer::RedisServer(const std::vector<std::string>& options, bool sentinel) {
  std::string pattern = (std::filesystem::temp_directory_path() / "queuetrace-redis-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create a folder for Redis");
  folder_ = pattern;
  std::vector<std::string> words{"redis-server"};
  if (sentinel) {
    const std::filesystem::path file = folder_ / "sentinel.conf";
    std::ofstream(file) << "# written by the test\n";
    words.insert(words.end(), {file.string(), "--sentinel"});
  } else {
    // Where a test fixes the clock, the thread would never sleep.
    words.insert(words.end(), {"--save", "", "--appendonly", "no", "--jemalloc-bg-thread", "no"});
  }
  words.insert(words.end(),
               {"--bind", "127.0.0.1", "--unixsocket", socket_path(), "--dir", folder_.string(), "--daemonize", "no"});
  words.insert(words.end(), options.begin(), options.end());
  for (int attempt = 1;; ++attempt) {
    port_ = free_port();
    std::vector<std::string> with_port = words;
    with_port.insert(with_port.begin() + (sentinel ? 3 : 1), {"--port", std::to_string(port_)});
    try {
      start(with_port);
      wait_until_it_answers();
      command_ = with_port;
      return;
    } catch (const std::runtime_error&) {
      kill();
      if (attempt == start_attempts) throw;
    }
  }
}

RedisServer::~RedisServer() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisServer::start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string log = (folder_ / "redis.log").string();
  const pid_t test = ::getpid();
  const bool is_main_thread = ::gettid() == test;  // the signal comes when the thread that started it ends
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("cannot start redis-server");
  if (process_ > 0) return;
  // It ends with the test, however that ends; one that a passing thread started anew ends with its RedisServer only.
  if (is_main_thread) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != test) ::_exit(not_started);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execvp(arguments[0], arguments.data());
  ::_exit(not_started);
}

void RedisServer::wait_until_it_answers() {
  for (;;) {
    ContextPointer context(redisConnectUnix(socket_path().c_str()));
    if (context && context->err == 0) return;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      if (WIFEXITED(status) && WEXITSTATUS(status) == not_started)
        throw std::runtime_error("redis-server is not installed: these tests need it");
      std::ifstream log(folder_ / "redis.log");
      const std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
      throw std::runtime_error("the test's Redis server did not start: " + text);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void RedisServer::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::restart() {
  kill();
  start_again();
}

void RedisServer::start_again() {
  start(command_);
  wait_until_it_answers();
  while (ask({"PING"}).starts_with("LOADING")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

RedisTarget RedisServer::target() const {
  RedisTarget target;
  target.addresses.push_back({.host = {}, .port = 0, .socket_path = socket_path()});
  return target;
}

RedisTarget RedisServer::tcp_target() const {
  RedisTarget target;
  target.addresses.push_back({.host = "127.0.0.1", .port = port_, .socket_path = {}});
  return target;
}

void RedisServer::run(const std::vector<std::vector<std::string>>& commands) {
  const ContextPointer context = connect(socket_path());
  constexpr std::size_t batch = 1000;
  for (std::size_t start = 0; start < commands.size(); start += batch) {
    const std::size_t end = std::min(start + batch, commands.size());
    for (std::size_t i = start; i < end; ++i) append(context.get(), commands[i]);
    for (std::size_t i = start; i < end; ++i) {
      const ReplyPointer reply = next_reply(context.get());
      if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(commands[i].front() + ": " + as_text(*reply));
    }
  }
}

std::string RedisServer::ask(const std::vector<std::string>& command) {
  const ContextPointer context = connect(socket_path());
  append(context.get(), command);
  return as_text(*next_reply(context.get()));
}

void RedisServer::load(const std::filesystem::path& file) {
  std::ifstream input(file);
  if (!input) throw std::runtime_error("cannot read " + file.string());
  std::vector<std::vector<std::string>> commands;
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line.front() == '#') continue;
    commands.push_back(split_line(line));
  }
  run(commands);
}

std::vector<std::string> split_line(const std::string& line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ') {
      ++at;
      continue;
    }
    std::string word;
    const char quote = line[at] == '"' || line[at] == '\'' ? line[at] : '\0';
    if (quote != '\0') ++at;
    while (at < line.size() && (quote != '\0' ? line[at] != quote : line[at] != ' ')) {
      if (line[at] != '\\' || quote == '\0' || at + 1 >= line.size() || (quote == '\'' && line[at + 1] != '\'')) {
        word.push_back(line[at++]);
        continue;
      }
      const char escaped = line[at + 1];
      at += 2;
      if (escaped == 'x' && at + 1 < line.size() && hex_value(line[at]) >= 0 && hex_value(line[at + 1]) >= 0) {
        word.push_back(static_cast<char>(hex_value(line[at]) * 16 + hex_value(line[at + 1])));
        at += 2;
        continue;
      }
      switch (escaped) {
        case 'n': word.push_back('\n'); break;
        case 'r': word.push_back('\r'); break;
        case 't': word.push_back('\t'); break;
        case 'b': word.push_back('\b'); break;
        case 'a': word.push_back('\a'); break;
        default: word.push_back(escaped);
      }
    }
    if (quote != '\0') ++at;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace queuetrace::test
