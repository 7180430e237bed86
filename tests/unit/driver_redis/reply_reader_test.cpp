// Replies from bytes, whole and hostile (docs/threats.md P06).
#include "backends/drivers/redis/reply_reader.hpp"

#include <doctest/doctest.h>

#include "model/error.hpp"

using namespace queuetrace;

TEST_CASE("replies of every type are read, in pieces of any size") {
  std::string wire = "*5\r\n$5\r\na";
  wire.push_back('\0');
  wire += "b\r\n\r\n:-7\r\n$-1\r\n+OK\r\n*2\r\n$0\r\n\r\n-ERR no\r\n";
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    ReplyReader reader;
    std::optional<Reply> reply;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      reader.feed(std::string_view(wire).substr(at, step));
      if (!reply) reply = reader.next();
    }
    REQUIRE(reply);
    REQUIRE(reply->size() == 5);
    CHECK((*reply)[0].text() == std::string_view("a\0b\r\n", 5));
    CHECK((*reply)[1].integer() == -7);
    CHECK((*reply)[2].is(Reply::Type::nil));
    CHECK((*reply)[3].is(Reply::Type::status));
    REQUIRE((*reply)[4].size() == 2);
    CHECK((*reply)[4][0].is(Reply::Type::string));
    CHECK((*reply)[4][0].text().empty());
    CHECK((*reply)[4][1].is(Reply::Type::error));
    CHECK((*reply)[4][1].text() == "ERR no");
  }
}

TEST_CASE("lengths beyond the limits are protocol errors before anything is allocated") {
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "*1\r\n";
  for (const std::string& wire :
       {std::string("$9223372036854775807\r\nabc"), std::string("$99999999999999999999\r\n"), std::string("$-2\r\n"),
        std::string("*1000000000\r\n"), nested, std::string("*2\r\n*600000\r\n:1\r\n"), std::string("?what\r\n"),
        std::string("$536870913\r\n")}) {
    CAPTURE(wire.substr(0, 30));
    ReplyReader reader;
    reader.feed(wire);
    try {
      while (reader.next()) {
      }
      // The two arrays of 600,000 are only too many together, so the first alone waits for more.
      CHECK(wire.starts_with("*2"));
      std::string rest;
      for (int i = 1; i < 600000; ++i) rest += ":1\r\n";
      reader.feed(rest + "*600000\r\n");
      CHECK_THROWS_AS(reader.next(), Error);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::unreachable);
    }
  }
}

TEST_CASE("of a string longer than is kept the beginning stays, and what follows is read on") {
  const std::string wire = "*4\r\n$3\r\nabc\r\n$20\r\n01234567890123456789\r\n$8\r\nabcdefgh\r\n:7\r\n+OK\r\n";
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    ReplyReader reader({.kept_of_string = 10, .kept = 16});
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      reader.feed(std::string_view(wire).substr(at, step));
      while (std::optional<Reply> reply = reader.next()) replies.push_back(*std::move(reply));
    }
    REQUIRE(replies.size() == 2);
    const Reply& reply = replies[0];
    REQUIRE(reply.size() == 4);
    CHECK(reply[0].text() == "abc");
    CHECK(reply[0].cut_from() == 0);
    CHECK(reply[1].text() == "0123456789");
    CHECK(reply[1].cut_from() == 20);
    // The whole reply has room for three more.
    CHECK(reply[2].text() == "abc");
    CHECK(reply[2].cut_from() == 8);
    CHECK(reply[3].integer() == 7);
    CHECK(replies[1].text() == "OK");
  }
}
