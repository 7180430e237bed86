// `trace show` over stores in memory: what is collected, from where, what is printed, and what fails how.

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/incident.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;
using nlohmann::json;

namespace {

struct Silent : Notices {
  void note(const std::string&) override {}
  void warning(const std::string& text) override { warnings.push_back(text); }
  void progress(const std::string&) override {}
  void ask(const std::string&) override {}
  std::vector<std::string> warnings;
};

const OutputFormat& format_named(std::string_view name) {
  for (const OutputFormat& format : std::ranges::find(commands(), "trace show", &Command::path)->form().formats)
    if (format.name == name) return format;
  return *find_output_format(name);
}

/// Two stores: `shop` with the incident's own jobs, indexed, and `files` with the file job, which scans.
struct Company {
  std::shared_ptr<MemoryStoreData> shop = std::make_shared<MemoryStoreData>();
  std::shared_ptr<MemoryStoreData> files = std::make_shared<MemoryStoreData>();
  std::optional<Error> files_down;
  Configuration configuration;
  Silent notices;
  std::ostringstream out;
  std::istringstream in;
  std::string format = "json";

  Company() {
    shop->system_name = "hammerwork";
    shop->capabilities.trace = shop->capabilities.correlation = shop->capabilities.links = Lookup::indexed;
    files->system_name = "go-redis-work-queue";
    files->capabilities.trace = Lookup::scanned;
    for (Job& job : incident_jobs()) (job.ref.source == "files" ? files : shop)->jobs.push_back(job);
    ViewerSettings jaeger;
    jaeger.name = jaeger.preset.emplace("jaeger");
    jaeger.base = "http://localhost:16686";
    configuration.viewers = {jaeger};
  }

  ExitCode run(const std::vector<std::string>& words) {
    out.str("");
    notices.warnings.clear();
    Source one, two;
    one.name = "shop";
    two.name = "files";
    Context context{.configuration = configuration,
                    .sources = {one, two},
                    .viewers = Viewers(configuration),
                    .viewer = "",
                    .format = format_named(format),
                    .format_options = {},
                    .out = out,
                    .in = in,
                    .notices = notices,
                    .limits = {},
                    .surroundings = {},
                    .now = [] { return incident_now(); },
                    .open = [this](const std::vector<Source>& sources) { return open(sources); }};
    return parse("trace show", words)(context);
  }

  std::vector<OpenedSource> open(const std::vector<Source>& sources) const {
    std::vector<OpenedSource> opened;
    for (const Source& source : sources) {
      if (source.name == "files" && files_down)
        opened.push_back(failed_source("files", *files_down));
      else
        opened.push_back(memory_source(source.name, {source.name == "shop" ? shop : files}));
    }
    return opened;
  }

  json document() const { return json::parse(out.str()); }
};

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";

}  // namespace

TEST_CASE("a trace id in any spelling shows the jobs of all stores") {
  Company company;
  for (const std::string& typed :
       {trace, std::string("4BF92F35-77B3-4DA6-A3CE-929D0E0E4736"), "00-" + trace + "-00f067aa0ba902b7-01"}) {
    CHECK(company.run({typed}) == ExitCode::done);
    const json document = company.document();
    CHECK(document["schema"] == "queuetrace.trace/1");
    CHECK(document["nodes"].size() == 10);
    CHECK(document["trace"]["sources"] == json({"files", "shop"}));
    CHECK(document["trace_url"] == "http://localhost:16686/trace/" + trace);
    CHECK(document["truncated"] == false);
  }
}

TEST_CASE("a correlation id, a job id, its prefix and source/ID lead to the same tree") {
  Company company;
  for (const std::string& typed : {std::string("order-12345"), std::string("0b9e4d5e-6f0a-4c1b-9d2e-000000000003"),
                                   std::string("job-77"), std::string("files/job-7781")}) {
    CAPTURE(typed);
    CHECK(company.run({typed}) == ExitCode::done);
    CHECK(company.document()["nodes"].size() == 10);
  }
}

TEST_CASE("an id is taken as it was typed, whatever it begins and ends with") {
  Company company;
  const std::vector<std::string> ids{" x ", "'q\"", "a,", "tab\t"};
  for (const std::string& id : ids) company.files->jobs.push_back(test_job(id, JobState::pending, "email", 5));
  for (const std::string& id : ids)
    for (const std::string& typed : {id, "files/" + id}) {
      CAPTURE(typed);
      CHECK(company.run({typed}) == ExitCode::done);
      CHECK(company.document()["nodes"][0]["id"] == id);
    }
  // What was copied around an id that has nothing of the kind still goes.
  CHECK(company.run({"\"files/job-7781\","}) == ExitCode::done);
  CHECK(company.document()["nodes"].size() == 10);
}

TEST_CASE("links are followed past the ids: parents, children, workflow, batch, spans") {
  Company company;
  const auto add = [&](const std::string& id, const auto& change) {
    Job job;
    job.ref.id = Untrusted(id);
    job.queue = Untrusted("other");
    change(job);
    company.shop->jobs.push_back(job);
  };
  add("child-with-a-long-id", [](Job& job) { job.parents = {Untrusted("0b9e4d5e-6f0a-4c1b-9d2e-000000000001")}; });
  add("grandchild-by-causation", [](Job& job) {
    job.trace.causation_id = Untrusted("child-with-a-long-id");
    job.workflow_id = Untrusted("wf");
  });
  add("by-workflow", [](Job& job) {
    job.workflow_id = Untrusted("wf");
    job.batch_id = Untrusted("b");
  });
  add("by-batch", [](Job& job) {
    job.batch_id = Untrusted("b");
    job.trace.span_id = Untrusted("00f067aa0ba902b7");
  });
  add("by-span", [](Job& job) { job.trace.parent_span_id = Untrusted("00f067aa0ba902b7"); });
  add("unrelated", [](Job&) {});
  CHECK(company.run({trace}) == ExitCode::done);
  CHECK(company.document()["trace"]["jobs"] == 14);
  CHECK(company.out.str().find("unrelated") == std::string::npos);
  CHECK(company.run({"by-span"}) == ExitCode::done);
  CHECK(company.document()["trace"]["jobs"] == 14);
}

TEST_CASE("a store without links is never asked for them, a scanning one only for its own") {
  Company company;
  company.shop->capabilities.links = Lookup::unsupported;
  CHECK(company.run({trace}) == ExitCode::done);
  for (const auto& store : {company.shop, company.files})
    for (const JobQuery& query : store->lists) {
      CHECK(query.filter.parents.empty());
      CHECK_FALSE(query.filter.empty());
    }
  for (const JobQuery& query : company.files->lists)
    for (const std::string& span : query.filter.span_ids) CHECK(span == "job-7781");
}

TEST_CASE("placeholders and process-local numbers do not pull strangers in") {
  Company company;
  company.shop->jobs.clear();
  company.files->jobs.clear();
  for (const char* id : {"first-long-enough-id", "stranger-long-enough-id"}) {
    Job job;
    job.ref.id = Untrusted(id);
    job.trace.trace_id = Untrusted("2251799813685249");
    job.trace.status = TraceStatus::opaque;
    company.shop->jobs.push_back(job);
  }
  CHECK(company.run({"first-long-enough-id"}) == ExitCode::done);
  CHECK(company.document()["nodes"].size() == 1);
  for (const auto& [span, status] :
       {std::pair{"temp-span-id", TraceStatus::placeholder}, std::pair{"0000000000000000", TraceStatus::absent}}) {
    CAPTURE(span);
    for (Job& job : company.shop->jobs) {
      job.trace.trace_id.reset();
      job.trace.status = status;
      job.trace.span_id = job.trace.parent_span_id = Untrusted(std::string(span));
    }
    CHECK(company.run({"first-long-enough-id"}) == ExitCode::done);
    CHECK(company.document()["nodes"].size() == 1);
  }
}

TEST_CASE("a failing source is named, the rest is shown, exit 7") {
  Company company;
  company.files_down = Error(ErrorKind::unreachable, "cannot connect to redis://files");
  CHECK(company.run({trace}) == ExitCode::partial);
  const json document = company.document();
  CHECK(document["trace"]["jobs"] == 8);
  CHECK(document["sources"][1]["status"] == "failed");
  REQUIRE_FALSE(company.notices.warnings.empty());
  CHECK(company.notices.warnings.front().find("files: cannot connect") == 0);
  company.format = "html";
  CHECK(company.run({trace}) == ExitCode::partial);
  CHECK(company.out.str().find("files failed, its jobs are missing: cannot connect") != std::string::npos);
}

TEST_CASE("the tree says where was looked, and leaves to the warnings which source failed") {
  Company company;
  company.files_down = Error(ErrorKind::unreachable, "cannot connect");
  company.format = "tree";
  CHECK(company.run({trace}) == ExitCode::partial);
  CHECK(company.out.str().starts_with("Trace " + trace + ", in shop\n"));
  CHECK(company.out.str().find("cannot connect") == std::string::npos);
  REQUIRE(company.notices.warnings.size() == 1);
  CHECK(company.notices.warnings.front().find("files: cannot connect") == 0);
}

TEST_CASE("a trace that is not found is linked all the same: its spans may be there") {
  Company company;
  try {
    company.run({"5b8aa5a2d2c872e8321cf37308d69df2"});
    FAIL("found");
  } catch (const Error& error) {
    CHECK(error.hint().find("/trace/5b8aa5a2d2c872e8321cf37308d69df2") != std::string::npos);
  }
}

TEST_CASE("a store that fails in the middle keeps what it answered before") {
  Company company;
  company.files->failure = Error(ErrorKind::unreachable, "connection lost");
  CHECK(company.run({trace}) == ExitCode::partial);
  CHECK(company.document()["trace"]["jobs"] == 8);
}

TEST_CASE("the bound on jobs is said, exit 7") {
  Company company;
  CHECK(company.run({trace, "--max-jobs", "3"}) == ExitCode::partial);
  const json document = company.document();
  CHECK(document["trace"]["jobs"] == 3);
  CHECK(document["truncated"] == true);
  CHECK(document["truncated_because"] == "stopped at 3 jobs; --max-jobs takes more");
}

TEST_CASE("nothing found is an error, unless a source that failed might hold it") {
  Company company;
  CHECK_THROWS_WITH_AS(company.run({"nothing-like-this"}),
                       "no job with this trace, correlation or job ID in shop and files (9 jobs looked at): "
                       "'nothing-like-this'",
                       Error);
  for (const auto& [typed, hint] : {std::pair("abc", "a prefix needs at least 4 characters"), std::pair("abcd", "")}) {
    try {
      company.run({typed});
      FAIL("something was found");
    } catch (const Error& error) {
      CHECK(error.hint() == hint);
    }
  }
  company.files_down = Error(ErrorKind::unreachable, "cannot connect");
  CHECK(company.run({"nothing-like-this"}) == ExitCode::partial);
  CHECK(company.out.str().empty());
}

TEST_CASE("--as reads the argument one way only") {
  Company company;
  CHECK(company.run({"order-12345", "--as", "correlation"}) == ExitCode::done);
  CHECK_THROWS_AS(company.run({"order-12345", "--as", "job"}), Error);
}

TEST_CASE("every format prints; payloads only when asked for, in JSON") {
  Company company;
  Payload payload;
  payload.text = Untrusted(R"({"card":"visible-payload"})");
  payload.size = payload.text.size();
  for (Job& job : company.shop->jobs) job.payload = payload;
  for (const char* format : {"tree", "json", "jsonl", "mermaid", "svg", "html", "chrome"}) {
    company.format = format;
    CHECK(company.run({trace}) == ExitCode::done);
    CHECK(company.out.str().find("send_receipt") != std::string::npos);
    CHECK(company.out.str().find("visible-payload") == std::string::npos);
  }
  company.format = "json";
  CHECK(company.run({trace, "--payload"}) == ExitCode::done);
  CHECK(company.document()["nodes"][0]["payload"]["card"] == "visible-payload");
  company.format = "table";
  CHECK(company.run({trace}) == ExitCode::done);
  CHECK(company.out.str().starts_with("Trace " + trace + ", in shop and files\n"));
}

TEST_CASE("stdin and TRACEPARENT") {
  Company company;
  company.in.str("\n  " + trace + "  \nsecond line\n");
  CHECK(company.run({"-"}) == ExitCode::done);
  CHECK(company.document()["nodes"].size() == 10);
  CHECK_THROWS_WITH_AS(company.run({"env"}), "TRACEPARENT is not set", Error);
  for (const char filler : {'x', ' ', '\n', '\0'}) {  // as from a pipe that never ends
    company.in.str(std::string(std::size_t{5} << 20, filler));
    company.in.clear();
    CHECK_THROWS_WITH_AS(company.run({"-"}), "more than 4 MiB on standard input", Error);
  }
}
