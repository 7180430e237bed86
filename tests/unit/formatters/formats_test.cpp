// Every format on fixed records: exact output.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>

#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("json lines hold every known field in the order of the design") {
  const Printed printed = print("jsonl", records());
  CHECK(
      printed.text ==
      R"~({"ref":"prod/1001","source":"prod","system":"hammerwork","id":"1001","queue":"email","kind":"send","state":"dead","native_state":"Dead","priority":"9007199254740993","attempts":3,"max_attempts":5,"created_at":"2026-01-02T02:59:05.678Z","run_ms":1500,"error":"refused: Bearer ***\nretry","payload":{"to":"a@b","password":"***","n":1e999},"trace_id":"0af7651916cd43dd8448eb211c80319c","correlation_id":"=cmd","trace_status":"w3c","parents":["7","8"],"trace_url":"http://jaeger:16686/trace/0af7651916cd43dd8448eb211c80319c","trace_actions":[{"type":"copy","label":"Copy","command":"queuetrace trace copy 1001"}],"notes":[{"code":"times-estimated","text":"start is estimated"}],"extra":{"api_key":"***","shard":2}}
{"ref":"prod/a\u001b[2J","source":"prod","id":"a\u001b[2J","queue":"pаyments","state":"unknown","trace_status":"absent"}
)~");
  CHECK(printed.hidden == 3);
}

TEST_CASE("json is one document with one record per line, also when empty") {
  const Fields summary{{"next_cursor", Value()}, {"truncated", std::string("scan limit")}, {"warnings", Values{}}};
  CHECK(print("json", records(), only({"id", "attempts"}), Heading::Layout::list, summary).text ==
        "{\"schema\":\"queuetrace.jobs/1\",\"jobs\":[\n{\"id\":\"1001\",\"attempts\":3},\n{\"id\":\"a\\u001b[2J\"}\n],"
        "\"next_cursor\":null,\"truncated\":\"scan limit\",\"warnings\":[]}\n");
  CHECK(print("json", {}).text == "{\"schema\":\"queuetrace.jobs/1\",\"jobs\":[]}\n");
  CHECK(print("jsonl", {}).text.empty());
  const std::string whole = print("json", {records()[1], records()[1]}, {}, Heading::Layout::list, summary).text;
  CHECK(nlohmann::json::parse(whole)["jobs"].size() == 2);
}

TEST_CASE("--show-secrets shows them") {
  FormatterOptions options = only({"payload", "extra"});
  options.show_secrets = true;
  const Printed printed = print("jsonl", {records()[0]}, options);
  CHECK(printed.text == R"({"payload":{"to":"a@b","password":"x","n":1e999},"extra":{"api_key":"k","shard":2}})"
                        "\n");
  CHECK(printed.hidden == 0);
}

TEST_CASE("a table aligns its columns and marks look-alike names") {
  CHECK(
      print("table", records()).text ==
      R"~(ID             STATE    QUEUE                     KIND  ATTEMPTS  CREATED    TRACE ID                          ERROR
prod/1001      dead     email                     send       3/5  5m00s ago  0af7651916cd43dd8448eb211c80319c  refused: Bearer ***\nretry
prod/a\x1b[2J  unknown  pаyments (mixed scripts)  -            -  -          -                                 -
)~");
}

TEST_CASE("on a terminal texts are cut to its width, ids never, empty columns go") {
  FormatterOptions options;
  options.terminal = true;
  options.width = 100;
  CHECK(print("table", {records()[0]}, options).text ==
        R"~(ID         STATE  QUEUE  KIND  ATTEMPTS  CREATED    TRACE ID                          ERROR
prod/1001  dead   email  send       3/5  5m00s ago  0af7651916cd43dd8448eb211c80319c  refused: Bear…
)~");
  options.headers = false;
  options.color = true;
  CHECK(print("table", {records()[1]}, options).text ==
        "prod/a\\x1b[2J  \x1b[2munknown\x1b[0m  p\u0430yments (mixed scripts)\n");
}

TEST_CASE("on a terminal too narrow for a row names stay readable, and exact counts need no word") {
  FormatterOptions options;
  options.terminal = true;
  options.width = 60;
  options.headers = false;
  CHECK(print("table", {records()[0]}, options).text ==
        "prod/1001  dead   email  send       3/5  5m00s ago  0af7651916cd43dd8448eb211c80319c  refused: Bearer "
        "***\\nre…\n");

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
        "prod/1  jobqueue:high_p…\n  it is running\n  its worker is gone,\n  retry puts it back\n"
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
      "PAYLOAD     {\n            │   \"a\": \"b c d e f g h i j k l m n o p q r s t\"\n            │ }\n";
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
  std::vector<Record> many(150, records()[0]);
  many[149][3].value = Untrusted(std::string(300, 'x'));
  FormatterOptions options = only({"id", "state"});
  const std::string text = print("table", many, options).text;
  CHECK(std::count(text.begin(), text.end(), '\n') == 151);
  CHECK(text.starts_with("JOB ID  STATE\n1001    dead\n"));
  CHECK(text.ends_with("\n1001    dead\n" + std::string(300, 'x') + "  dead\n"));
}

TEST_CASE("details are blocks of fields") {
  CHECK(print("table", {records()[0]}, only({"id", "created_at", "payload", "notes", "extra", "worker"}),
              Heading::Layout::detail)
            .text ==
        R"~(JOB ID   1001
CREATED  5m00s ago
PAYLOAD  {
         │   "to": "a@b",
         │   "password": "***",
         │   "n": 1e999
         │ }
NOTES    times-estimated  start is estimated
EXTRA    api_key: ***
         shard: 2
)~");
}

TEST_CASE("csv quotes, guards formulas and leaves numbers alone") {
  Job job = full_job();
  job.priority = Untrusted("-1");
  job.attempts = -1;
  job.error = Untrusted("a,\"b\"\nc\x1b\r");
  CHECK(print("csv", {job_record(job, {})},
              only({"priority", "attempts", "correlation_id", "error", "payload", "parents", "worker"}))
            .text ==
        "priority,attempts,correlation_id,error,payload,parents,worker\r\n"
        "'-1,-1,'=cmd,\"a,\"\"b\"\"\nc\\x1b\\r\",\"{\"\"to\"\":\"\"a@b\"\",\"\"password\"\":\"\"***\"\",\"\"n\"\":"
        "1e999}\","
        "\"[\"\"7\"\",\"\"8\"\"]\",\r\n");
  CHECK(print("tsv", {job_record(job, {})}, only({"error", "priority"})).text ==
        "error\tpriority\na,\"b\"\\nc\\x1b\\r\t-1\n");
  for (const std::string_view start : {"=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20"}) {
    job.worker = Untrusted(std::string(start) + "x");
    CAPTURE(start);
    CHECK(print("csv", {job_record(job, {})}, only({"worker"})).text.substr(8, 1) == "'");
    CHECK(print("tsv", {job_record(job, {})}, only({"worker"})).text.substr(7, 1) != "'");  // for programs: as it is
  }
}

TEST_CASE("csv heads an empty list and a full one alike") {
  const std::string head = print("csv", {}).text;
  CHECK(head.starts_with("ref,state,queue,"));
  CHECK(print("csv", records()).text.starts_with(head));
}

TEST_CASE("names can be pasted back") {
  CHECK(print("name", records()).text == "prod/1001\nprod/a\\x1b[2J\n");
  CHECK(print("name", records(), only({"id", "state"})).text == "1001\tdead\na\\x1b[2J\tunknown\n");
}

TEST_CASE("rows of a slow stream are not held back") {
  std::ostringstream out;
  const auto formatter = find_output_format("jsonl")->make(out, only({"ref"}));
  formatter->begin({"queuetrace.jobs/1", "jobs", job_columns()});
  formatter->row(records()[0]);
  CHECK(out.str().empty());
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  formatter->row(records()[0]);
  CHECK(out.str() == "{\"ref\":\"prod/1001\"}\n{\"ref\":\"prod/1001\"}\n");
}

TEST_CASE("no format lets a byte through that drives a terminal") {
  Job job = full_job();
  const std::string hostile = "\x1b]52;c;YQ==\x07\u009b31m\x9b\r\u202e\u2028\x7f\x08";
  job.ref.id = job.ref.id = Untrusted(hostile);
  job.queue = job.kind = job.worker = job.error = job.tenant = job.native_state = job.trace.trace_id =
      Untrusted(hostile);
  job.payload = Payload{Payload::Form::text, Untrusted(hostile), hostile.size()};
  job.result = Payload{Payload::Form::json, Untrusted("{\"" + hostile + "\":1}"), 10};
  job.extra = {{hostile, Untrusted(hostile)}, {"json", JsonText{Untrusted("[\"\u202e\u009b\"]")}}};
  for (const OutputFormat& format : output_formats())
    for (const auto layout : {Heading::Layout::list, Heading::Layout::detail})
      for (const bool all : {false, true}) {
        CAPTURE(format.name);
        FormatterOptions options;
        if (all)
          for (const Column& column : job_columns()) options.fields.emplace_back(column.field);
        std::string text = print(format.name, {job_record(job, {})}, options, layout).text;
        for (std::string::size_type at; (at = text.find("\r\n")) != std::string::npos;) text.erase(at, 1);
        std::erase(text, '\n');
        if (format.name == "tsv" || format.name == "name") std::erase(text, '\t');
        // Escaping what is safe already changes nothing but backslashes.
        std::string again = terminal_text(text, Profile::ident);
        for (std::string::size_type at = 0; (at = again.find("\\\\", at)) != std::string::npos; ++at)
          again.erase(at, 1);
        CHECK(again == text);
      }
}
