// Servers that are none, never answer or never end: the connection ends in time, with one error, in little memory.
#include <doctest/doctest.h>

#include <future>
#include <map>
#include <set>

#include "backends/drivers/postgres/connection.hpp"
#include "model/error.hpp"
#include "tests/support/peak_memory.hpp"
#include "tests/support/strange_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr long most_kib = 48 * 1024;

/// What one question to that server ends with.
std::optional<Error> failure_of(const StrangeServer& server) {
  Source source;
  source.name = "test";
  source.url = Secret("postgresql://reader@127.0.0.1:" + std::to_string(server.port()) +
                      "/any?sslmode=disable&gssencmode=disable");
  source.connect_timeout = std::chrono::milliseconds(700);
  try {
    // The server has five seconds more than the statement to say that it ran out of time.
    const std::shared_ptr<SqlConnection> connection = connect_postgres(source);
    const std::unique_ptr<SqlResult> rows = connection->query({"SELECT a, b FROM t", {}}, std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < rows->rows(); ++i) rows->cell(i, 1);
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

std::string number(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

/// A message whose length is a lie.
std::string head(char kind, std::uint32_t length) { return std::string(1, kind) + number(length); }

std::string error(std::string_view text) {
  using namespace std::string_literals;
  return postgres_message('E', "SERROR\0VERROR\0C42601\0M"s + std::string(text) + "\0\0"s);
}

/// Logs everybody in, takes every simple query, begins every transaction and answers the statement in it so.
StrangeServer::Behaviour after_log_in(std::function<void(Conversation&)> answer) {
  return postgres_that([answer = std::move(answer)](Conversation& one, char kind, const std::string&) {
    if (kind == 'Q') return one.send(postgres_done());
    one.send(postgres_one_done() + postgres_one_done());  // BEGIN and its settings
    answer(one);
    return false;
  });
}

/// Answers everything that comes, the first packet too, with the same.
StrangeServer::Behaviour from_the_start(std::string first, std::string again) {
  return [first = std::move(first), again = std::move(again)](Conversation& one) {
    std::string packet;
    if (!one.read(packet) || !one.send(first)) return;
    if (again.empty())
      one.fall_silent();
    else
      one.repeat(again);
  };
}

}  // namespace

TEST_CASE("a PostgreSQL server that never answers or never ends is given up, whatever it sends") {
  using namespace std::string_literals;
  const std::string notice = postgres_message('N', "SNOTICE\0VNOTICE\0C00000\0Mx\0\0"s);
  const std::string rows = postgres_rows_begin();
  const std::vector<std::pair<std::string, StrangeServer::Behaviour>> servers{
      {"silent", [](Conversation& one) { one.fall_silent(); }},
      {"closes", [](Conversation&) {}},
      {"garbage", from_the_start("\x01\xff", "garbage")},
      {"HTTP", from_the_start("HTTP/1.1 400 Bad Request\r\n\r\n", "")},
      {"absurd log-in", from_the_start(head('R', 0x7fffffff), std::string(65536, 'x'))},
      {"endless notices at log-in", from_the_start("", notice)},
      {"endless parameters at log-in",
       from_the_start(postgres_message('R', number(0)), postgres_message('S', "a\0b\0"s))},
      {"a byte now and then at log-in",
       [](Conversation& one) {
         one.send("R");
         while (one.send(std::string(1, '\0')) && one.pause(200)) {
         }
       }},
      {"silent after log-in", after_log_in([](Conversation& one) { one.fall_silent(); })},
      {"closes after log-in", after_log_in([](Conversation&) {})},
      {"garbage after log-in", after_log_in([](Conversation& one) { one.repeat("\x01\xff garbage"); })},
      {"absurd length", after_log_in([&](Conversation& one) {
         one.send(rows + head('D', 0xffffffff));
         one.fall_silent();
       })},
      {"a gigabyte in one row", after_log_in([&](Conversation& one) {
         one.send(rows + head('D', 0x3fffffff) + "\0\1\x3f\xff\xff\0"s);
         one.repeat(std::string(65536, 'x'));
       })},
      {"65,535 columns", after_log_in([&](Conversation& one) {
         one.send(postgres_message('1', "") + postgres_message('2', "") + head('T', 1'000'000) + "\xff\xff");
         one.repeat(std::string(20, '\0'));
       })},
      {"endless rows", after_log_in([&](Conversation& one) {
         one.send(rows);
         one.repeat(postgres_row("x"));
       })},
      {"endless large rows", after_log_in([&](Conversation& one) {
         one.send(rows);
         one.repeat(postgres_row(std::string(1'000'000, 'x')));
       })},
      {"endless notifications",
       after_log_in([](Conversation& one) { one.repeat(postgres_message('A', number(1) + "channel\0text\0"s)); })},
      {"endless notices", after_log_in([&](Conversation& one) { one.repeat(notice); })},
      {"endless parameters", after_log_in([](Conversation& one) {
         std::string many;
         for (int i = 0;; ++i) {
           many += postgres_message('S', "name" + std::to_string(i) + "\0value\0"s);
           if (many.size() < 65536) continue;
           if (!one.send(many)) return;
           many.clear();
         }
       })},
      {"endless errors", after_log_in([](Conversation& one) { one.repeat(error("no")); })},
      {"a large error", after_log_in([](Conversation& one) {
         one.send(head('E', 300'000'000) + "SERROR");
         one.fall_silent();
       })},
      {"a byte now and then", after_log_in([](Conversation& one) {
         while (one.send("N") && one.pause(200)) {
         }
       })},
      {"copy", after_log_in([](Conversation& one) {
         one.send(postgres_message('1', "") + postgres_message('2', "") + postgres_message('H', "\0\0\0"s));
         one.fall_silent();
       })},
      {"another number of columns", after_log_in([&](Conversation& one) {
         one.send(rows + postgres_row("x") + postgres_message('C', "SELECT 1\0"s) + postgres_one_done() +
                  postgres_message('Z', "I"));
         one.fall_silent();
       })}};
  // Those that are given up for their time are, all at once; the others make us take what they like.
  const std::set<std::string> large{"a gigabyte in one row", "65,535 columns", "endless rows",  "endless large rows",
                                    "a large error",         "absurd length",  "endless errors"};
  const auto check = [](const std::string& name, const std::optional<Error>& failure) {
    CAPTURE(name);
    REQUIRE(failure);
    CHECK_MESSAGE((is_unanswered(failure->kind()) || failure->kind() == ErrorKind::refused), failure->what());
    CHECK(failure->cause().raw().size() <= 1'100);
  };
  std::vector<std::unique_ptr<StrangeServer>> running;
  std::map<std::string, std::future<std::optional<Error>>> failures;
  const PeakMemory of_all;
  for (const auto& [name, behaviour] : servers) {
    if (large.contains(name)) continue;
    running.push_back(std::make_unique<StrangeServer>(behaviour));
    failures[name] = std::async(std::launch::async, [&server = *running.back()] { return failure_of(server); });
  }
  for (auto& [name, failure] : failures) check(name, failure.get());
  CHECK(of_all.grown_kib() < most_kib);
  for (const auto& [name, behaviour] : servers) {
    if (!large.contains(name)) continue;
    CAPTURE(name);
    const StrangeServer server(behaviour);
    const PeakMemory memory;
    check(name, failure_of(server));
    CHECK(memory.grown_kib() < most_kib);
  }
}
