// What error messages become once everything that differs from job to job is folded.
#include "model/error_signature.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/growth.hpp"

using namespace queuetrace;

namespace {

std::string folded(std::string_view message) { return error_signature(message).raw(); }

struct Golden {
  const char* message;
  const char* signature;
};

constexpr Golden goldens[] = {
    {"Event dropped (no receivers): order.created. Total dropped: 5",
     "Event dropped (no receivers): order.created. Total dropped: <n>"},
    {"Event dropped (no receivers): order.created. Total dropped: 17",
     "Event dropped (no receivers): order.created. Total dropped: <n>"},
    {"Connection refused (os error 111)", "Connection refused (os error 111)"},
    {"error connecting to server: Connection refused (os error 111)",
     "error connecting to server: Connection refused (os error 111)"},
    {"dial tcp 10.0.0.7:5432: connect: connection refused", "dial tcp <addr>: connect: connection refused"},
    {"dial tcp: lookup smtp.example.com on 127.0.0.11:53: no such host",
     "dial tcp: lookup smtp.example.com on <addr>: no such host"},
    {"dial tcp [::1]:6379: connect: connection refused", "dial tcp [<addr>]:<n>: connect: connection refused"},
    {"read tcp 192.168.1.4:51234->10.1.2.3:443: i/o timeout", "read tcp <addr>-><addr>: i/o timeout"},
    {"Get \"https://api.example.com/v1/orders/123?x=1\": context deadline exceeded (Client.Timeout exceeded while "
     "awaiting headers)",
     "Get <text>: context deadline exceeded (Client.Timeout exceeded while awaiting headers)"},
    {"panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 "
     "[running]:\nmain.main()\n\t/tmp/sandbox/prog.go:8 +0x1d",
     "panic: runtime error: index out of range [<n>] with length <n>"},
    {"thread 'main' panicked at src/main.rs:10:5:\nindex out of bounds: the len is 3 but the index is 99\nnote: run "
     "with `RUST_BACKTRACE=1` environment variable to display a backtrace",
     "thread <text> panicked at <path>: index out of bounds: the len is <n> but the index is <n>"},
    {"called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }",
     "called <text> on an <text> value: ParseIntError { kind: InvalidDigit }"},
    {"Traceback (most recent call last):\n  File \"/app/worker.py\", line 42, in run\n    task()\nKeyError: 'user_id'",
     "KeyError: <text>"},
    {"Traceback (most recent call last):\n  File \"/app/w.py\", line 1, in f\nrequests.exceptions.ConnectionError: "
     "HTTPConnectionPool(host='localhost', port=8080): Max retries exceeded with url: /api/jobs/42 (Caused by "
     "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f3b2c1d>: Failed to establish a new "
     "connection: [Errno 111] Connection refused'))",
     "requests.exceptions.ConnectionError: HTTPConnectionPool(host=<text>, port=<n>): Max retries exceeded with url: "
     "<path> (Caused by NewConnectionError(<text>))"},
    {"java.lang.NullPointerException: Cannot invoke \"com.example.User.getName()\" because \"user\" is null\n\tat "
     "com.example.App.main(App.java:12)\n\tat java.base/java.lang.Thread.run(Thread.java:833)",
     "java.lang.NullPointerException: Cannot invoke <text> because <text> is null"},
    {"java.sql.SQLException: Deadlock found\n\tat a.B.c(B.java:1)\n\t... 12 more\nCaused by: com.mysql.Foo: lock wait "
     "50s",
     "java.sql.SQLException: Deadlock found Caused by: com.mysql.Foo: lock wait <n>s"},
    {"TypeError: Cannot read properties of undefined (reading 'id')\n    at processJob (/app/src/worker.js:10:15)\n    "
     "at async Promise.all (index 0)",
     "TypeError: Cannot read properties of undefined (reading <text>)"},
    {"Error: connect ECONNREFUSED 127.0.0.1:6379\n    at TCPConnectWrap.afterConnect [as oncomplete] "
     "(node:net:1555:16)",
     "Error: connect ECONNREFUSED <addr>"},
    {"FATAL: password authentication failed for user \"app_7\"",
     "FATAL: password authentication failed for user <text>"},
    {"ERROR: duplicate key value violates unique constraint \"users_email_key\"\nDETAIL:  Key "
     "(email)=(bob@example.com) already exists.",
     "ERROR: duplicate key value violates unique constraint <text> DETAIL: Key (email)=(<email>) already exists."},
    {"ERROR: deadlock detected\nDETAIL: Process 12345 waits for ShareLock on transaction 987654; blocked by process "
     "12346.",
     "ERROR: deadlock detected DETAIL: Process <n> waits for ShareLock on transaction <n>; blocked by process <n>."},
    {"ERROR: canceling statement due to statement timeout (SQLSTATE 57014)",
     "ERROR: canceling statement due to statement timeout (SQLSTATE 57014)"},
    {"could not send mail to alice@example.org: 550 5.1.1 mailbox unavailable",
     "could not send mail to <email>: 550 5.1.1 mailbox unavailable"},
    {"job 550e8400-e29b-41d4-a716-446655440000 failed after 3 attempts", "job <id> failed after <n> attempts"},
    {"Dependency failed: job 550e8400-e29b-41d4-a716-446655440000 failed", "Dependency failed: job <id> failed"},
    {"timeout after 30s at 2026-01-02T03:04:05.678Z", "timeout after <n>s at <time>"},
    {"2026-01-02 03:04:05.123 UTC [123] ERROR: out of memory", "<time> [<n>] ERROR: out of memory"},
    {"No such file or directory: /var/data/upload-123/file.bin", "No such file or directory: <path>"},
    {"open C:\\Users\\bob\\x.txt: The system cannot find the file", "open <path>: The system cannot find the file"},
    {"charge ch_3MmlLrLkdIwHu7ix0snN0B15 declined for cus_9s6XKzkNRiz8i3", "charge <id> declined for <id>"},
    {"pod web-7d4b9c6f5-x2x8q evicted", "pod <id> evicted"},
    {"commit 9fceb02d0ae598e95dc970b74767f19372d61af8 not found", "commit <id> not found"},
    {"don't know what to do with it's value", "don't know what to do with it's value"},
    {"worker lost: Signal 9 (SIGKILL) on host worker-12.eu-west-1",
     "worker lost: Signal 9 (SIGKILL) on host worker-<n>.eu-west-<n>"},
    {"invalid ids [1, 2, 3, 44]", "invalid ids [<n>]"},
    {"invalid ids [7,8]", "invalid ids [<n>]"},
    {"HTTP 503 from payments", "HTTP 503 from payments"},
    {"Unsupported content type application/json; charset=utf-8",
     "Unsupported content type application/json; charset=utf-<n>"},
    {"status=500 body={\"error\":\"x\"}", "status=500 body={\"error\":\"x\"}"},
    {R"({"code":"card_declined","decline_code":"insufficient_funds","message":"Your card 4242 was declined"})",
     R"({"code":"card_declined","decline_code":<text>,"message":<text>})"},
    {R"({ "status" : 503, "request": 81, "error": { "type": "Timeout", "id": "a b" } })",
     R"({ "status":503, "request":<n>, "error":{ "type":"Timeout", "id":<text> } })"},
    {R"({"error":"no card 12 of user 7","reason":"E1023"})", R"({"error":"no card <n> of user <n>","reason":"E1023"})"},
    {"StripeError: {'code': 'expired_card', 'param': 'exp_month'}",
     "StripeError: {'code':'expired_card', 'param':<text>}"},
    {R"({"code":null,"name":"","kind":[1,2]})", R"({"code":null,"name":<text>,"kind":[<n>]})"},
    {R"(expected "a", "b": found "c")", R"(expected <text>, "b":found <text>)"},
    {"redis: connection pool timeout redis-master:6379", "redis: connection pool timeout <addr>"},
    {"Превышено время ожидания: 30 секунд", "Превышено время ожидания: <n> секунд"},
    {"an \"unclosed quote here", "an \"unclosed quote here"},
};

}  // namespace

TEST_CASE("messages as they are written by libraries of many languages") {
  for (const Golden& golden : goldens) {
    CAPTURE(golden.message);
    CHECK(folded(golden.message) == golden.signature);
    CHECK(folded(golden.signature) == golden.signature);  // a signature is its own
  }
}

TEST_CASE("different messages stay different") {
  CHECK(folded("connection refused") != folded("connection reset"));
  CHECK(folded("KeyError: 'a'") != folded("ValueError: 'a'"));
  CHECK(folded(R"({"code":"card_declined"})") != folded(R"({"code":"expired_card"})"));
  CHECK(folded(R"({"code":"card_declined","id":"x"})") == folded(R"({"code":"card_declined","id":"y"})"));
  CHECK(folded("") == "");
  CHECK(folded(" \n\t ") == "");
}

namespace {

/// Messages whose `#` is a code that tells causes apart, and whose `%` differs from job to job.
struct Coded {
  const char* message;
  std::vector<std::string> codes;
};

const Coded coded[] = {
    {"POST https://partner%.example/hooks/%: # (request id %)", {"503 Service Unavailable", "404 Not Found"}},
    {"POST https://partner%.example/hooks/%: #", {"503 Service Unavailable", "410 Gone", "404 page not found"}},
    {"warehouse %: # Gateway Timeout after %s", {"504"}},
    {"Request failed with status code #", {"500", "502", "503", "404", "429"}},
    {"HTTP # from payments after % ms", {"500", "503", "404"}},
    {"HTTP/1.1 # for order %", {"500", "503", "404"}},
    {"upstream said status=# for job %", {"500", "503", "200"}},
    {"upstream said status:#, job %", {"500", "503", "200"}},
    {"HTTP Error #: order % is unknown", {"400", "404", "410"}},
    {"# Client Error: Bad for url: https://a/%", {"400", "404", "422"}},
    {"(#) Not Found, order %", {"404"}},
    {"gateway answered HTTP_# to %", {"502", "504"}},
    {"# mx%.example.com: try again later", {"421 4.7.0", "450 4.2.1", "450 4.7.0", "550 5.1.1"}},
    {"could not send mail to u%@example.org: # mailbox of %", {"550 5.1.1", "552 5.2.2", "550-5.7.26"}},
    {"smtp: # No such user %", {"550", "553", "450"}},
    {"#: unique constraint of row % is violated", {"ORA-00001", "ORA-02291", "TNS-12541"}},
    {"java.sql.SQLException: #: row % is missing", {"ORA-01403", "ORA-00060"}},
    {"AADSTS#: user % is unknown", {"50011", "50076"}},
    {"ERROR: row % is there already (SQLSTATE #)", {"23505", "23503", "40P01", "40001"}},
    {"SQLSTATE[#]: row %", {"23000", "HY000", "42S02"}},
    {"ERROR # (28000): job % is denied", {"1045", "1044"}},
    {"SQLCODE=#, row %", {"-803", "-911"}},
    {"[Errno #] job % was refused", {"111", "104"}},
    {"Connection of job % refused (os error #)", {"111", "104"}},
    {"worker % ended with exit code #", {"1", "137", "139", "3221225477", "3221225786"}},
    {"job %: exit status #", {"1", "2"}},
    {"worker % got signal: #", {"9", "11"}},
    {"COM of job %: error #", {"0x80070005", "0x80004005", "-2147024891"}},
    {"curl: (#) job % is late", {"7", "28"}},
    {"error[#]: job % does not compile", {"E0382", "E0499"}},
    {R"({"statusCode":#,"order":"%"})", {"503", "404"}},
    {R"({"sqlstate":"#","row":%})", {"23505", "23503"}},
};

std::string filled(std::string_view message, const std::string& code, const std::string& id) {
  std::string text;
  for (const char c : message) c == '#' ? text += code : c == '%' ? text += id : text += c;
  return text;
}

}  // namespace

TEST_CASE("errors of different codes never share a signature, and those of one code do whatever their ids are") {
  std::vector<std::string> signatures;
  for (const Coded& one : coded)
    for (const std::string& code : one.codes) {
      const std::string first = filled(one.message, code, "71");
      CAPTURE(first);
      const std::string signature = folded(first);
      CHECK(signature.find(code) != std::string::npos);
      for (const char* id : {"1", "3021", "503", "20260102"}) CHECK(folded(filled(one.message, code, id)) == signature);
      CHECK(folded(signature) == signature);
      CHECK(std::ranges::find(signatures, signature) == signatures.end());
      signatures.push_back(signature);
    }
}

TEST_CASE("numbers that are no codes are folded") {
  for (const char* message : {"ORD-10023 is missing", "INC-4711: page the owner", "order 503 is missing",
                              "waited 503 ms", "port 5432 is closed", "attempt 3 of 5", "500 rows were not written",
                              "failed: 404 rows are missing", "line 404, column 9", "error: 12 rows are missing",
                              "deadline of 30000 ms", "status 20260102 of the day", "listening on http 80808",
                              "at 10:15:00 the job stopped", "503", "took 5.1.1", "code 2.5 is odd", "error 12/40"}) {
    CAPTURE(message);
    const std::string signature = folded(message);
    CHECK(std::ranges::none_of(signature, [](char c) { return c >= '0' && c <= '9'; }));
    CHECK(folded(signature) == signature);
  }
}

TEST_CASE("control characters, broken UTF-8 and length") {
  CHECK(folded("a\x1b[31mb\x07 c") == "a [<n>mb c");
  CHECK(folded("bad \xff\xfe bytes 12") == "bad \xff\xfe bytes <n>");
  std::string words;
  for (int i = 0; i < 200; ++i) words += "\xc3\xa9\xc3\xa9 ";
  const std::string cut = folded(words);
  CHECK(cut.size() <= longest_signature);
  CHECK(cut.ends_with("..."));
  CHECK((static_cast<unsigned char>(cut[cut.size() - 4]) != 0xc3));  // not inside a character
  CHECK(folded(cut) == cut);
}

TEST_CASE("hostile messages take linear time") {
  for (const char* piece :
       {"'", "\"a ", "1,", "<n>,", "a:1:", "://", "/", "0", "\n at ", "((((", "@", "a1", "error ", "code:1 ", "503 "}) {
    CAPTURE(piece);
    const double growth = test::growth_by_eight(50'000, [&](std::size_t size) {
      std::string message;
      while (message.size() < size) message += piece;
      CHECK(folded(message).size() <= longest_signature);
    });
    CHECK(growth < test::more_than_linear);
  }
}

TEST_CASE("a group is 8 hex digits of the signature and never changes") {
  CHECK(error_group(error_signature("job 17 failed")) == error_group(error_signature("job 18 failed")));
  CHECK(error_group(error_signature("job 17 failed")) == "28fa69c8");
  CHECK(error_group(Untrusted()) == "4fd0bfc1");
  CHECK(error_group(error_signature("job 17 failed")) != error_group(error_signature("jobs 17 failed")));
}
