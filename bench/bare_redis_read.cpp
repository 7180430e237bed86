// The limit a Redis trace lookup is measured against: reads a whole list in pipelined LRANGE windows with hiredis' own
// reader and searches the bytes for a text; decodes nothing. Usage: bare_redis_read SOCKET KEY TEXT
#include <hiredis/hiredis.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  constexpr long long window = 1000, ahead = 4;
  redisContext* context = redisConnectUnix(argv[1]);
  if (context == nullptr || context->err != 0) return 5;
  redisReply* length = static_cast<redisReply*>(redisCommand(context, "LLEN %s", argv[2]));
  if (length == nullptr) return 5;
  const long long total = length->integer;
  freeReplyObject(length);

  const std::size_t text_size = std::strlen(argv[3]);
  long long sent = 0, received = 0, found = 0;
  const auto send = [&] {
    redisAppendCommand(context, "LRANGE %s %lld %lld", argv[2], sent, sent + window - 1);
    sent += window;
  };
  while (sent < total && sent < ahead * window) send();
  while (received < sent) {
    redisReply* reply = nullptr;
    if (redisGetReply(context, reinterpret_cast<void**>(&reply)) != REDIS_OK) return 5;
    if (sent < total) send();
    for (std::size_t i = 0; i < reply->elements; ++i)
      found += memmem(reply->element[i]->str, reply->element[i]->len, argv[3], text_size) != nullptr;
    received += window;
    freeReplyObject(reply);
  }
  redisFree(context);
  std::printf("%lld\n", found);
  return 0;
}
