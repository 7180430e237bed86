// Every format on fixed records: exact output. Tables: table_test.cpp.
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
