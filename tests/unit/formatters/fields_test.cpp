// Fields as they are chosen, named and spelled in every format.
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("an unknown field is refused by every format, rows or not") {
  for (const OutputFormat& format : output_formats()) {
    CAPTURE(format.name);
    for (const bool empty : {false, true}) {
      try {
        print(format.name, empty ? std::vector<Record>() : records(), only({"id", "nope"}));
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        CHECK(std::string(error.what()) == "unknown field 'nope'");
        CHECK(error.hint().find(" trace_id ") != std::string::npos);
      }
    }
  }
}

TEST_CASE("a part of a field: chosen by its path, hidden when its key says so, empty where it is not") {
  const FormatterOptions parts = only({"ref", "extra.shard", "extra.api_key", "extra.absent"});
  CHECK(print("jsonl", records(), parts).text ==
        "{\"ref\":\"prod/1001\",\"extra.shard\":2,\"extra.api_key\":\"***\"}\n"
        "{\"ref\":\"prod/a\\u001b[2J\"}\n");
  CHECK(print("jsonl", records(), parts).hidden == 1);
  CHECK(print("csv", records(), parts).text ==
        "ref,extra.shard,extra.api_key,extra.absent\r\nprod/1001,2,***,\r\nprod/a\\x1b[2J,,,\r\n");
  CHECK(print("table", {records()[0]}, parts).text ==
        "ID         EXTRA.SHARD  EXTRA.API KEY  EXTRA.ABSENT\nprod/1001  2            ***\n");
  CHECK(print("name", {records()[0]}, parts).text == "prod/1001\t2\t***\t\n");
  FormatterOptions shown = parts;
  shown.show_secrets = true;
  CHECK(print("name", {records()[0]}, shown).text == "prod/1001\t2\tk\t\n");
  CHECK_THROWS_WITH_AS(print("json", records(), only({"id.to"})), "field 'id' has no parts to choose", Error);
  CHECK_THROWS_WITH_AS(print("json", records(), only({"extras.to"})), "unknown field 'extras.to'", Error);
  try {
    print("json", records(), only({"extre.shard.0"}));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.hint().starts_with("did you mean 'extra.shard.0'? known fields: "));
  }
}

TEST_CASE("parts of payloads: objects, lists, names with dots, hidden keys, and text that has none") {
  Job job = bare_job();
  job.ref.id = Untrusted("1");
  const std::string text =
      R"({"order":{"id":"o-1","api_key":"k"},"items":[{"sku":"A"},{"sku":"B"}],"a.b":7,"big":18446744073709551615,)"
      R"("half":0.5,"off":false,"none":null})";
  job.payload = Payload{Payload::Form::json, Untrusted(text), text.size()};
  const auto shown = [&](const std::vector<std::string>& fields) {
    return print("jsonl", {job_record(job, {})}, only(fields)).text;
  };
  CHECK(shown({"payload.order.id", "payload.items.1.sku", "payload.items.2.sku", "payload.a.b"}) ==
        "{\"payload.order.id\":\"o-1\",\"payload.items.1.sku\":\"B\",\"payload.a.b\":7}\n");
  CHECK(shown({"payload.order", "payload.big", "payload.half", "payload.off", "payload.none"}) ==
        "{\"payload.order\":{\"id\":\"o-1\",\"api_key\":\"***\"},\"payload.big\":18446744073709551615,"
        "\"payload.half\":0.5,\"payload.off\":false}\n");
  CHECK(shown({"payload.order.api_key"}) == "{\"payload.order.api_key\":\"***\"}\n");
  CHECK(print("name", {job_record(job, {})}, only({"id", "payload.order.id"})).text == "1\to-1\n");
  for (const Payload::Form form : {Payload::Form::text, Payload::Form::json}) {
    job.payload = Payload{form, Untrusted("{\"order\":"), 9};
    CHECK(shown({"id", "payload.order"}) == "{\"id\":\"1\"}\n");
  }
}

TEST_CASE("a wrong field proposes the nearest, and is not named among those there are") {
  for (const std::string wrong : {"queu", "queu.name"}) {
    try {
      print("json", records(), only({wrong}));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.hint().starts_with("did you mean 'queue'? known fields: ref "));
      CHECK(error.hint().find("queu.name") == std::string::npos);
    }
  }
}

TEST_CASE("--fields help gives the names there are, in every format") {
  for (const OutputFormat& format : output_formats()) {
    CAPTURE(format.name);
    try {
      print(format.name, records(), only({"help"}));
      FAIL("no names");
    } catch (const FieldNames& known) {
      REQUIRE(known.names.size() == job_columns().size());
      CHECK(known.names.front() == job_columns().front().field);
    }
  }
}

TEST_CASE("every field of the record has a column, once") {
  const Record record = job_record(full_job(), {});
  CHECK(record.size() == job_columns().size());
  for (const Field& field : record) {
    CAPTURE(field.name);
    CHECK(std::count_if(job_columns().begin(), job_columns().end(),
                        [&](const Column& column) { return column.field == field.name; }) == 1);
  }
}

TEST_CASE("payloads of other forms are described, cut ones noted") {
  Job job = bare_job();
  job.ref.id = Untrusted("1");
  job.payload = Payload{Payload::Form::binary, Untrusted(std::string("\x80\x01", 2)), 2};
  job.result = Payload{Payload::Form::encrypted, Untrusted("xx"), 99};
  CHECK(print("jsonl", {job_record(job, {})}, only({"payload", "result"})).text ==
        "{\"payload\":{\"form\":\"binary\",\"size\":2,\"base64\":\"gAE=\"},\"result\":{\"form\":\"encrypted\",\"size\":"
        "99}}\n");
  job.payload = Payload{Payload::Form::json, Untrusted("{\"token\":\"abc"), 70'000};
  job.result.reset();
  CHECK(print("jsonl", {job_record(job, {})}, only({"payload", "notes"})).text ==
        "{\"payload\":\"{\\\"token\\\":\\\"***\\\"\",\"notes\":[{\"code\":\"payload-cut\",\"text\":\"payload: the "
        "first 13 of "
        "70000 bytes\"}]}\n");
}

TEST_CASE("times in every style") {
  FormatterOptions options = only({"created_at"});
  options.headers = false;
  options.time_style = TimeStyle::iso;
  CHECK(print("table", {records()[0]}, options).text == "2026-01-02T02:59:05.678Z\n");
  options.time_style = TimeStyle::unix_seconds;
  CHECK(print("table", {records()[0]}, options).text == "1767322745\n");
  options.time_style = TimeStyle::relative;
  Job job = full_job();
  job.created_at = now + std::chrono::hours(2);
  CHECK(print("table", {job_record(job, {})}, options).text == "in 2h\n");
  job.created_at = infinite_future;
  CHECK(print("table", {job_record(job, {})}, options).text == "infinity\n");
  job.created_at = Timestamp(std::chrono::microseconds(std::numeric_limits<std::int64_t>::min() + 1));
  CHECK(print("table", {job_record(job, {})}, options).text == "-290308-12-21T19:59:05.224Z\n");
  job.created_at = parse_timestamp("0001-01-01T00:00:00Z");  // no age that anybody means
  CHECK(print("table", {job_record(job, {})}, options).text == "0001-01-01T00:00:00.000Z\n");
}

TEST_CASE("nothing is printed before the fields that were chosen are known to be there") {
  for (const OutputFormat& format : output_formats()) {
    CAPTURE(format.name);
    for (const bool empty : {false, true}) {
      std::ostringstream out;
      const auto printed = [&] {
        const auto formatter = format.make(out, only({"id", "nope"}));
        formatter->begin({"queuetrace.jobs/1", "jobs", job_columns(), Heading::Layout::list});
        if (!empty)
          for (const Record& record : records()) formatter->row(record);
        formatter->end({});
      };
      CHECK_THROWS_AS(printed(), Error);
      CHECK(out.str() == "");
    }
  }
}
