#include "backends/drivers/redis/reply_reader.hpp"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <charconv>
#include <cstring>
#include <new>

#include "model/error.hpp"

namespace queuetrace {
namespace {

#if HIREDIS_MAJOR >= 1
using ElementCount = std::size_t;
const redisReadTask& current_task(const redisReader& reader) { return *reader.task[reader.ridx]; }
#else
using ElementCount = int;
const redisReadTask& current_task(const redisReader& reader) { return reader.rstack[reader.ridx]; }
#endif

[[noreturn]] void throw_protocol_error(const std::string& cause) {
  throw Error(ErrorKind::unreachable, "protocol error from the Redis server, connection closed")
      .because(Untrusted(cause))
      .with_hint("is this a Redis server?");
}

}  // namespace

/// The reply under construction. hiredis holds our nodes as `index + 1` cast to a pointer.
struct ReplyReader::Building {
  ReplyLimits limits;
  Reply reply;
  bool too_large = false;
};

/// The callbacks of hiredis. They allocate nothing beyond the limits and throw nothing through C code.
struct ReplyReader::Functions {
  static Building& building(const redisReadTask* task) { return *static_cast<Building*>(task->privdata); }

  static std::size_t place(const redisReadTask* task) {
    if (task->parent == nullptr) return 0;
    const std::size_t parent = reinterpret_cast<std::uintptr_t>(task->parent->obj) - 1;
    return static_cast<std::size_t>(building(task).reply.nodes[parent].number) + static_cast<std::size_t>(task->idx);
  }

  static void* object(std::size_t node) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(node + 1)); }

  static void* refuse(const redisReadTask* task) {
    building(task).too_large = true;
    return nullptr;
  }

  static void* create_string(const redisReadTask* task, char* text, std::size_t size) {
    Building& state = building(task);
    if (size > state.limits.bytes || state.reply.bytes.size() + size > state.limits.bytes) return refuse(task);
    const std::size_t node = place(task);
    try {
      const std::size_t offset = state.reply.bytes.size();
      state.reply.bytes.append(text, size);
      const Reply::Type type = task->type == REDIS_REPLY_ERROR    ? Reply::Type::error
                               : task->type == REDIS_REPLY_STATUS ? Reply::Type::status
                                                                  : Reply::Type::string;
      state.reply.nodes[node] = {type, static_cast<std::int64_t>(offset), size};
    } catch (const std::bad_alloc&) {
      return refuse(task);
    }
    return object(node);
  }

  static void* create_array(const redisReadTask* task, ElementCount count) {
    Building& state = building(task);
    unsigned depth = 1;
    for (const redisReadTask* up = task->parent; up != nullptr; up = up->parent) ++depth;
    const std::size_t elements = static_cast<std::size_t>(count);
    if (depth > state.limits.depth || elements > state.limits.elements ||
        state.reply.nodes.size() + elements > state.limits.elements)
      return refuse(task);
    const std::size_t node = place(task);
    try {
      const std::size_t first = state.reply.nodes.size();
      state.reply.nodes.resize(first + elements);
      state.reply.nodes[node] = {Reply::Type::array, static_cast<std::int64_t>(first), elements};
    } catch (const std::bad_alloc&) {
      return refuse(task);
    }
    return object(node);
  }

  static void* create_integer(const redisReadTask* task, long long number) {
    const std::size_t node = place(task);
    building(task).reply.nodes[node] = {Reply::Type::integer, number, 0};
    return object(node);
  }

  static void* create_nil(const redisReadTask* task) { return object(place(task)); }

  static void free_object(void*) {}

  static redisReplyObjectFunctions* table() {
    static redisReplyObjectFunctions functions = [] {
      redisReplyObjectFunctions made{};
      made.createString = create_string;
      made.createArray = create_array;
      made.createInteger = create_integer;
      made.createNil = create_nil;
      made.freeObject = free_object;
      return made;
    }();
    return &functions;
  }
};

ReplyReader::ReplyReader(ReplyLimits limits) : building_(std::make_unique<Building>()) {
  building_->limits = limits;
  reader_ = redisReaderCreateWithFunctions(Functions::table());
  if (reader_ == nullptr) throw std::bad_alloc();
  reader_->privdata = building_.get();
}

ReplyReader::~ReplyReader() { redisReaderFree(reader_); }

void ReplyReader::feed(std::string_view bytes) {
  if (redisReaderFeed(reader_, bytes.data(), bytes.size()) != REDIS_OK) throw_protocol_error(reader_->errstr);
}

// hiredis keeps buffering until a string is whole, whatever length it announced: look at the announcement ourselves.
void ReplyReader::check_announced_length() const {
  if (reader_->ridx < 0 || current_task(*reader_).type != REDIS_REPLY_STRING) return;
  const std::string_view rest(reader_->buf + reader_->pos, reader_->len - reader_->pos);
  std::uint64_t announced = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), announced);
  const bool whole = end != rest.data() + rest.size();
  if (error == std::errc::result_out_of_range ||
      (error == std::errc{} && whole && announced > building_->limits.bytes - building_->reply.bytes.size()))
    throw_protocol_error("a string longer than the limit was announced");
}

std::optional<Reply> ReplyReader::next() {
  void* object = nullptr;
  const int result = redisReaderGetReply(reader_, &object);
  if (building_->too_large) throw_protocol_error("the reply is larger or deeper than the limit");
  if (result != REDIS_OK) throw_protocol_error(reader_->errstr);
  if (object == nullptr) {
    check_announced_length();
    return std::nullopt;
  }
  const std::size_t bytes = building_->reply.bytes.size();
  const std::size_t nodes = building_->reply.nodes.size();
  Reply reply = std::move(building_->reply);
  building_->reply = Reply();
  building_->reply.bytes.reserve(std::min<std::size_t>(bytes, 1u << 20));
  building_->reply.nodes.reserve(std::min<std::size_t>(nodes, 4096));
  return reply;
}

}  // namespace queuetrace
