// Tables and details on fixed records, for programs and on terminals: exact output.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "formatters/cell.hpp"
#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("a table aligns its columns and marks look-alike names") {
  CHECK(
      print("table", records()).text ==
      R"~(ID             STATE    QUEUE                     KIND  ATTEMPTS  CREATED  TRACE ID                          ERROR
prod/1001      dead     email                     send       3/5  5m ago   0af7651916cd43dd8448eb211c80319c  refused: Bearer ***\nretry
prod/a\x1b[2J  unknown  pаyments (mixed scripts)  -            -  -        -
)~");
}

TEST_CASE("times that cannot be true have no age") {
  FormatterOptions options;
  options.now = now;
  options.time_style = TimeStyle::relative;
  const CellText cells(options);
  for (const char* zero : {"1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z"}) {
    CHECK(cells.age(*parse_timestamp(zero)) == "?");
    CHECK(cells.moment(*parse_timestamp(zero)) == zero);
  }
  CHECK(cells.age(now + std::chrono::hours(1)) == "?");
  CHECK(cells.age(now + std::chrono::minutes(1)) == "0s");  // another clock
  CHECK(cells.moment(now + std::chrono::hours(1)) == "in 1h");
  CHECK(cells.age(*parse_timestamp("2000-01-01T00:00:00.000Z")) == "9498d");
}

TEST_CASE("on a terminal texts are cut to its width, ids never, empty columns go") {
  FormatterOptions options;
  options.terminal = true;
  options.width = 100;
  CHECK(print("table", {records()[0]}, options).text ==
        R"~(ID         STATE  QUEUE  KIND  ATTEMPTS  CREATED  TRACE ID                          ERROR
prod/1001  dead   email  send       3/5  5m ago   0af7651916cd43dd8448eb211c80319c  refused: Bearer…
)~");
  options.headers = false;
  options.color = true;
  CHECK(print("table", {records()[1]}, options).text ==
        "prod/a\\x1b[2J  \x1b[2munknown\x1b[0m  p\u0430yments (mixed scripts)\n");
}

TEST_CASE("on a terminal too narrow for a row columns are left out, and exact counts need no word") {
  FormatterOptions options;
  options.terminal = true;
  options.width = 60;
  options.headers = false;
  CHECK(print("table", {records()[0]}, options).text ==
        "prod/1001  dead   email  send       3/5  5m ago   refused: …\n");

  static constexpr Column columns[] = {{"queue", "QUEUE"}, {"total_exactness", "EXACTNESS"}};
  for (const auto& [word, expected] :
       {std::pair{"exact", "QUEUE\nhigh\n"}, {"estimated", "QUEUE  EXACTNESS\nhigh   estimated\n"}}) {
    std::ostringstream out;
    FormatterOptions wide = options;
    wide.headers = true;
    const std::unique_ptr<Formatter> formatter = find_output_format("table")->make(out, wide);
    formatter->begin({"queuetrace.stats/1", "queues", columns});
    formatter->row({{"queue", std::string("high")}, {"total_exactness", std::string(word)}});
    formatter->end({});
    CHECK(out.str() == expected);
  }
}

TEST_CASE("on a terminal the last column may go on in further lines, at words, under its heading") {
  static constexpr Column columns[] = {{.field = "word", .heading = "OUTCOME"},
                                       {.field = "reason", .heading = "REASON", .shrinkable = true, .wraps = true}};
  const auto printed = [](int width, const std::string& reason) {
    std::ostringstream out;
    FormatterOptions options;
    options.terminal = true;
    options.width = width;
    const std::unique_ptr<Formatter> formatter = find_output_format("table")->make(out, options);
    formatter->begin({"queuetrace.report/1", "counts", columns});
    formatter->row({{"word", std::string("skipped")}, {"reason", reason}});
    formatter->end({});
    return out.str();
  };
  CHECK(printed(30, "it is running, and its worker is there") ==
        "OUTCOME  REASON\nskipped  it is running, and\n         its worker is there\n");
  CHECK(printed(80, "it is running") == "OUTCOME  REASON\nskipped  it is running\n");
  CHECK(printed(20, "onelongwordwithoutblanks is whole") ==
        "OUTCOME\n  REASON\nskipped\n  onelongwordwithoutblanks\n  is whole\n");
  CHECK(printed(55, "it is archived; cargo hammerwork archive restore ID brings it back") ==
        "OUTCOME\n  REASON\nskipped\n  it is archived;\n  cargo hammerwork archive restore ID brings it back\n");
  CHECK(printed(60, "it is archived; cargo hammerwork archive restore ID brings it back") ==
        "OUTCOME  REASON\nskipped  it is archived;\n         cargo hammerwork archive restore ID brings it back\n");
}

TEST_CASE("on a terminal sentences stand below their row where there is too little room beside it") {
  static constexpr Column columns[] = {{.field = "ref", .heading = "ID"},
                                       {.field = "condition", .heading = "CONDITION", .wraps = true},
                                       {.field = "queue", .heading = "QUEUE", .shrinkable = true},
                                       {.field = "reason", .heading = "REASON", .wraps = true}};
  FormatterOptions options;
  options.terminal = true;
  const auto printed = [&options](int width, const std::string& condition = "it is running") {
    std::ostringstream out;
    options.width = width;
    const std::unique_ptr<Formatter> formatter = find_output_format("table")->make(out, options);
    formatter->begin({"queuetrace.targets/1", "targets", columns});
    formatter->row({{"ref", Untrusted("prod/1")},
                    {"condition", Untrusted(condition)},
                    {"queue", Untrusted("jobqueue:high_priority")},
                    {"reason", std::string("its worker is gone, retry puts it back")}});
    formatter->row({{"ref", Untrusted("prod/2")}});
    formatter->end({});
    return out.str();
  };
  CHECK(printed(90) ==
        "ID      CONDITION      QUEUE                   REASON\n"
        "prod/1  it is running  jobqueue:high_priority  its worker is gone, retry puts it back\n"
        "prod/2  -              -                       -\n");
  CHECK(printed(80) ==
        "ID      CONDITION      QUEUE                   REASON\n"
        "prod/1  it is running  jobqueue:high_priority  its worker is gone, retry puts it\n"
        "                                               back\n"
        "prod/2  -              -                       -\n");
  CHECK(printed(60) ==
        "ID      CONDITION      QUEUE\n  REASON\n"
        "prod/1  it is running  jobqueue:high_priority\n  its worker is gone, retry puts it back\n"
        "prod/2  -              -\n");
  CHECK(printed(60, "job prod/0000000a-0000-4000-8000-00000000000a is finished") ==
        "ID      QUEUE\n  CONDITION\n  REASON\n"
        "prod/1  jobqueue:high_priority\n"
        "  job prod/0000000a-0000-4000-8000-00000000000a is finished\n"
        "  its worker is gone, retry puts it back\n"
        "prod/2  -\n");
  CHECK(printed(24) ==
        "ID      QUEUE\n  CONDITION\n  REASON\n"
        "prod/1  jobque…_priority\n  it is running\n  its worker is gone,\n  retry puts it back\n"
        "prod/2  -\n");
  options.color = true;
  CHECK(printed(60).starts_with("\x1b[1mID      CONDITION      QUEUE\x1b[0m\n\x1b[1m  REASON\x1b[0m\nprod/1  it"));
  options.color = options.terminal = false;
  CHECK(printed(20) ==
        "ID      CONDITION      QUEUE                   REASON\n"
        "prod/1  it is running  jobqueue:high_priority  its worker is gone, retry puts it back\n"
        "prod/2  -              -                       -\n");
}

TEST_CASE("on a terminal the sentences of a detail go on under their first word") {
  static constexpr Column columns[] = {{.field = "code", .heading = "CODE"},
                                       {.field = "text", .heading = "FOUND", .wraps = true},
                                       {.field = "filter", .heading = "JOBS", .wraps = true},
                                       {.field = "warnings", .heading = "WARNING", .wraps = true},
                                       {.field = "remedy", .heading = "WHAT TO DO", .wraps = true},
                                       {.field = "payload", .heading = "PAYLOAD"}};
  FormatterOptions options;
  const auto printed = [&options] {
    std::ostringstream out;
    options.width = 40;
    const std::unique_ptr<Formatter> formatter = find_output_format("table")->make(out, options);
    formatter->begin({"queuetrace.doctor/1", "findings", columns, Heading::Layout::detail});
    formatter->row({{"code", std::string("a word and another and one more and a last one")},
                    {"text", std::string("paused for over an hour while jobs are due")},
                    {"filter", Untrusted("error \x1b[2J in queue; rm -rf / x")},
                    {"warnings", Values{std::string("the list is read twice over by us"), std::string("it is long")}},
                    {"remedy", std::string("look; then: queuetrace queue resume -s prod 'a b'")},
                    {"payload", JsonText{Untrusted("{\"a\":\"b c d e f g h i j k l m n o p q r s t\"}")}}});
    formatter->end({});
    return out.str();
  };
  const std::string payload =
      "PAYLOAD     {\n              \"a\": \"b c d e f g h i j k l m n o p q r s t\"\n            }\n";
  CHECK(printed() ==
        "CODE        a word and another and one more and a last one\n"
        "FOUND       paused for over an hour while jobs are due\n"
        "JOBS        error \\x1b[2J in queue; rm -rf / x\n"
        "WARNING     the list is read twice over by us\n            it is long\n"
        "WHAT TO DO  look; then: queuetrace queue resume -s prod 'a b'\n" +
            payload);
  options.terminal = true;
  CHECK(printed() ==
        "CODE        a word and another and one more and a last one\n"
        "FOUND       paused for over an hour\n            while jobs are due\n"
        "JOBS        error \\x1b[2J in queue; rm\n            -rf / x\n"
        "WARNING     the list is read twice over\n              by us\n            it is long\n"
        "WHAT TO DO  look; then:\n            queuetrace queue resume -s prod 'a b'\n" +
            payload);
}

TEST_CASE("wide adds columns and exact times") {
  CHECK(print("wide", {records()[0]}).text.find("2026-01-02T02:59:05.678Z") != std::string::npos);
  CHECK(print("wide", {records()[0]}).text.find("CORRELATION ID") != std::string::npos);
}

TEST_CASE("trace ids become links that name their host") {
  FormatterOptions options = only({"trace_id"});
  options.hyperlinks = true;
  options.headers = false;
  const std::string text = print("table", {records()[0]}, options).text;
  CHECK(text.starts_with("\x1b]8;id="));
  CHECK(text.ends_with(
      ";http://jaeger:16686/trace/0af7651916cd43dd8448eb211c80319c\x1b\\0af7651916cd43dd8448eb211c80319c "
      "(jaeger:16686)\x1b]8;;\x1b\\\n"));
}

TEST_CASE("a table sizes its columns by the first page and streams the rest") {
  std::vector<Record> many(1'100, records()[0]);
  many[1'099][3].value = Untrusted(std::string(300, 'x'));
  FormatterOptions options = only({"id", "state"});
  const std::string text = print("table", many, options).text;
  CHECK(std::count(text.begin(), text.end(), '\n') == 1'101);
  CHECK(text.starts_with("JOB ID  STATE\n1001    dead\n"));
  CHECK(text.ends_with("\n1001    dead\n" + std::string(300, 'x') + "  dead\n"));
}

TEST_CASE("details are blocks of fields") {
  CHECK(print("table", {records()[0]}, only({"id", "created_at", "payload", "notes", "extra", "worker"}),
              Heading::Layout::detail)
            .text ==
        R"~(JOB ID   1001
CREATED  5m ago
PAYLOAD  {
           "to": "a@b",
           "password": "***",
           "n": 1e999
         }
NOTES    times-estimated  start is estimated
EXTRA    api_key: ***
         shard: 2
)~");
}
