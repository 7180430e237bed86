// Plans and backups as files: what is written comes back, and what is damaged is refused.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "commands/change/backup_file.hpp"
#include "tests/unit/commands/state_files.hpp"

using namespace queuetrace;
using namespace queuetrace::testing::files;
using queuetrace::testing::TemporaryFolder;

TEST_CASE("a plan comes back as it was written") {
  const TemporaryFolder folder;
  Target acted = test_target("a\xff\x1b[31m");
  acted.effect = "3 waiting dependents fail, too";
  acted.job.error = Untrusted("smtp\n\x1b]0;x\x07 failed");
  Target skipped = test_target("b", Verdict::skip);
  skipped.may_force = true;
  const std::filesystem::path path = write_plan(folder / "plan", {acted, skipped, test_target("c", Verdict::already)});
  PlanReader reader(path);
  CHECK(reader.header().source == "prod");
  CHECK(reader.header().target == "postgresql://db/jobs");
  CHECK(reader.header().system == "hammerwork");
  CHECK(reader.header().filter == "--state dead");
  CHECK(reader.header().made_at == test_header().made_at);
  CHECK(reader.header().action.kind == ActionKind::move);
  CHECK(reader.header().action.queue == "low\x01\xff");
  CHECK(reader.header().action.reset_attempts == false);
  CHECK(reader.header().action.force);
  CHECK_FALSE(reader.header().action.front);
  const std::optional<Target> first = reader.next();
  REQUIRE(first);
  CHECK(first->job.ref.id == acted.job.ref.id);
  CHECK(first->job.ref.source == "prod");
  CHECK(first->locator == acted.locator);
  CHECK(first->effect == acted.effect);
  CHECK(first->job.error == acted.job.error);
  CHECK(first->job.state == JobState::dead);
  const std::optional<Target> second = reader.next();
  REQUIRE(second);
  CHECK(second->verdict == Verdict::skip);
  CHECK(second->reason == "it runs");
  CHECK(second->may_force);
  CHECK(reader.next()->verdict == Verdict::already);
  CHECK_FALSE(reader.next());
  const PlanCounts counts = PlanReader(path).read_all();
  CHECK(counts.act == 1);
  CHECK(counts.already == 1);
  CHECK(counts.skip == 1);
  CHECK(counts.may_force == 1);
  CHECK(counts.with_effect == 1);
  CHECK(counts.reasons.at({Verdict::skip, "it runs"}) == 1);
  CHECK(counts.truncated == "only the first 10");
  CHECK(counts.warnings == std::vector<std::string>{"a row could not be read"});
  CHECK(counts.samples.size() == 1);
}

TEST_CASE("what is no plan is refused whole, with the line") {
  const TemporaryFolder folder;
  const std::string good = read(write_plan(folder / "plan", {test_target("a")}));
  const std::size_t first = good.find('\n') + 1, second = good.find('\n', first) + 1;
  const std::string header = good.substr(0, first), target = good.substr(first, second - first),
                    end = good.substr(second);
  int number = 0;
  const auto refusal = [&](const std::string& text) {
    const std::filesystem::path path = write(folder / ("p" + std::to_string(++number)).c_str(), text);
    std::string said = failure([&] { PlanReader(path).read_all(); });
    const std::size_t at = said.find(path.string());
    return at == std::string::npos ? said : said.replace(at, path.string().size(), "F");
  };
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(refusal(header + target + end) == "no error");
  CHECK(refusal("") == "usage: unusable plan: line 1 of 'F' is not a header of queuetrace.plan/1");
  CHECK(refusal("{}\n") == "usage: unusable plan: line 1 of 'F' is not a header of queuetrace.plan/1");
  CHECK(refusal(with(header, "plan/1", "plan/2") + target + end) ==
        "usage: unusable plan: line 1 of 'F' is not a header of queuetrace.plan/1");
  CHECK(refusal(with(header, "move", "explode") + target + end) ==
        "usage: unusable plan: line 1 of 'F' names an unknown action");
  CHECK(refusal(with(header, "\"made_at\":\"2026", "\"made_at\":\"x2026") + target + end) ==
        "usage: unusable plan: line 1 of 'F' does not say what the plan was made for");
  CHECK(refusal(header + target) == "usage: unusable plan: line 2 of 'F' is the last one, and the plan has no end");
  CHECK(refusal(header + "[1]\n" + end) == "usage: unusable plan: line 2 of 'F' is not a JSON object");
  CHECK(refusal(header + with(target, "\"act\"", "\"do\"") + end) ==
        "usage: unusable plan: line 2 of 'F' is not a target");
  CHECK(refusal(header + with(target, "\"locator\"", "\"locat\"") + end) ==
        "usage: unusable plan: line 2 of 'F' is not a target");
  CHECK(refusal(header + target.substr(0, target.size() / 2)) ==
        "usage: unusable plan: line 2 of 'F' is not a JSON object");
  CHECK(refusal(header + target + target + end) ==
        "usage: unusable plan: line 4 of 'F' does not match the number of jobs");
  CHECK(refusal(header + target + with(end, "\"act\":1", "\"act\":-1")) ==
        "usage: unusable plan: line 3 of 'F' has no count act");
  CHECK(refusal(header + target + end + target) == "usage: unusable plan: line 4 of 'F' stands after the end");
  CHECK(refusal(header + std::string(100'000, '[') + "\n" + end) ==
        "usage: unusable plan: line 2 of 'F' is not a JSON object");
  CHECK(refusal(std::string(2'000'000, 'x')) == "usage: line 1 of 'F' is too long");
}

TEST_CASE("words of a plan that were changed cannot drive a terminal") {
  const TemporaryFolder folder;
  const std::string plan = read(write_plan(folder / "plan", {test_target("a", Verdict::skip)}));
  std::string changed = plan;
  changed.replace(changed.find("it runs"), 7, "\\u001b[2J");
  PlanReader reader(write(folder / "changed", changed));
  CHECK(reader.next()->reason == "\\x1b[2J");
}

namespace {

KeptHeader kept_header(Kept kept = Kept::jobs) {
  const PlanHeader plan = test_header();
  return {kept,     "op-1",      plan.source, plan.target, plan.system, "prod/hammerwork", {{"kind", "retry"}},
          "--dead", plan.made_at};
}

}  // namespace

TEST_CASE("a backup comes back byte for byte") {
  const TemporaryFolder folder;
  const std::string content("{\"row\":\"{\\\"n\\\":1.10}\"}\n\0\xff", 27);
  {
    BackupWriter writer(folder / "backup", kept_header());
    writer.add({{Untrusted("a\xff"), content}, {Untrusted("b"), "{}"}});
    writer.finish();
    CHECK(writer.records() == 2);
  }
  BackupReader reader(folder / "backup");
  CHECK(reader.source() == "prod");
  CHECK(reader.target() == "postgresql://db/jobs");
  CHECK(reader.system() == "hammerwork");
  CHECK(reader.address() == "prod/hammerwork");
  CHECK(reader.operation() == "op-1");
  const std::optional<BackupRecord> first = reader.next();
  REQUIRE(first);
  CHECK(first->id == Untrusted("a\xff"));
  CHECK(first->content == content);
  CHECK(reader.next()->content == "{}");
  CHECK_FALSE(reader.next());
  CHECK(reader.finished());
  CHECK_FALSE(reader.torn());
}

TEST_CASE("what changes replaced is read from any place, whatever was read before") {
  const TemporaryFolder folder;
  {
    BackupWriter writer(folder / "undo", kept_header(Kept::changes));
    writer.add({{Untrusted("a"), "1"}, {Untrusted("b"), "2"}, {Untrusted("c"), "3"}});
  }
  BackupReader reader(folder / "undo");
  CHECK_FALSE(reader.is_removed());
  CHECK(reader.action() == "retry");
  CHECK(reader.filter() == "--dead");
  std::vector<std::uint64_t> places;
  for (std::uint64_t place = reader.place(); reader.next(); place = reader.place()) places.push_back(place);
  REQUIRE(places.size() == 3);
  CHECK(reader.at(places[2]).id == Untrusted("c"));
  CHECK(reader.at(places[0]).content == "1");
  CHECK(reader.at(places[1]).id == Untrusted("b"));
  CHECK_FALSE(reader.torn());
  CHECK_FALSE(reader.finished());
}

TEST_CASE("a backup after a crash: the rest is used, damage inside is refused") {
  const TemporaryFolder folder;
  {
    BackupWriter writer(folder / "backup", kept_header());
    writer.add({{Untrusted("a"), "{}"}, {Untrusted("b"), "{}"}});
  }
  const std::string whole = read(folder / "backup");
  BackupReader torn(write(folder / "torn", whole.substr(0, whole.size() - 5)));
  CHECK(torn.next()->id == Untrusted("a"));
  CHECK_FALSE(torn.next());
  CHECK(torn.torn());
  CHECK_FALSE(torn.finished());
  BackupReader unended(folder / "backup");
  unended.next();
  CHECK(unended.next()->id == Untrusted("b"));
  CHECK_FALSE(unended.next());
  CHECK_FALSE(unended.torn());
  CHECK_FALSE(unended.finished());
  std::string damaged = whole;
  damaged.replace(damaged.find("\"id\":\"a\""), 4, "\"ix\"");
  BackupReader bad(write(folder / "damaged", damaged));
  CHECK(failure([&] { bad.next(); }) == "usage: line 2 of '" + (folder / "damaged").string() + "' is not a record");
  CHECK(failure([&] { BackupReader(write(folder / "other", "{\"schema\":\"queuetrace.plan/1\"}\n")); }) ==
        "usage: '" + (folder / "other").string() + "' is not a queuetrace backup");
}

TEST_CASE("a full disk is told before anything is touched") {
  const TemporaryFolder folder;
  BackupWriter writer(folder / "backup", kept_header());
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 64 * 1024, before.rlim_max };
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string said = failure([&] { writer.add({{Untrusted("a"), std::string(100'000, 'x')}}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(said == "internal: cannot write '" + (folder / "backup").string() + "'");
  CHECK(writer.records() == 0);
}
