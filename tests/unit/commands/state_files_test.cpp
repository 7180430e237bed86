// Files of plans and backups: what is written comes back, and what is no plan or backup is refused.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "commands/change/backup_file.hpp"
#include "commands/change/operation_journal.hpp"
#include "commands/change/plan_file.hpp"
#include "commands/change/private_file.hpp"
#include "commands/change/state_folder.hpp"
#include "model/error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using queuetrace::testing::TemporaryFolder;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::filesystem::path write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

template <typename Work>
std::string failure(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(to_word(error.kind())) + ": " + error.what();
  }
  return "no error";
}

PlanHeader test_header() {
  PlanHeader header;
  header.source = header.address = "prod";
  header.target = "postgresql://db/jobs";
  header.system = "hammerwork";
  header.action.kind = ActionKind::move;
  header.action.queue = "low\x01\xff";
  header.action.reset_attempts = false;
  header.action.force = true;
  header.filter = "state dead";
  header.made_at = *parse_timestamp("2026-01-02T03:04:05Z");
  return header;
}

Target test_target(const std::string& id, Verdict verdict = Verdict::act) {
  Target target;
  target.job.ref = {"prod", Untrusted(id)};
  target.job.state = JobState::dead;
  target.job.queue = Untrusted("email");
  target.locator = std::string("0\0\xff\n", 4);
  target.verdict = verdict;
  if (verdict != Verdict::act) target.reason = "it runs";
  return target;
}

std::filesystem::path write_plan(const std::filesystem::path& path, const std::vector<Target>& targets) {
  PrivateFile file(path, PrivateFile::Mode::create);
  PlanWriter writer(file, test_header());
  for (const Target& target : targets) writer.add(target);
  writer.counts().truncated = "only the first 10";
  writer.counts().warnings = {"a row could not be read"};
  writer.finish();
  return path;
}

}  // namespace

TEST_CASE("a private file is nobody else's, is not overwritten, and follows no link") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "plan";
  {
    PrivateFile file(path, PrivateFile::Mode::create);
    file.write("one\n");
    file.sync();
  }
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(failure([&] { PrivateFile(path, PrivateFile::Mode::create); }) ==
        "refused: '" + path.string() + "' is there already");
  std::filesystem::create_symlink(path, folder / "link");
  for (const auto mode : {PrivateFile::Mode::create, PrivateFile::Mode::append})
    CHECK(failure([&] { PrivateFile(folder / "link", mode); }).starts_with("refused: "));
  {
    PrivateFile file(path, PrivateFile::Mode::append);
    file.write("two\n");
  }
  CHECK(read(path) == "one\ntwo\n");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  CHECK(failure([&] { PrivateFile(path, PrivateFile::Mode::append); }) ==
        "refused: not writing '" + path.string() + "': it is no file of yours alone");
  CHECK(failure([&] { PrivateFile(folder / "none/plan", PrivateFile::Mode::create); }) ==
        "refused: cannot write '" + (folder / "none/plan").string() + "'");
  PrivateFile unseen(folder.path(), PrivateFile::Mode::create_unseen);
  CHECK(folder.entries() == 2);
  unseen.write("a\n");
  CHECK(failure([&] { unseen.give_name(path); }) == "refused: '" + path.string() + "' is there already");
  unseen.give_name(folder / "named");
  unseen.write("b\n");
  CHECK(read(folder / "named") == "a\nb\n");
  CHECK(std::filesystem::status(folder / "named").permissions() == std::filesystem::perms(0600));
  CHECK(unseen.path() == folder / "named");
  // Elsewhere it cannot be linked: it is copied.
  const TemporaryFolder other;
  unseen.give_name("/dev/shm" / other.path().filename());
  unseen.write("c\n");
  CHECK(read(unseen.path()) == "a\nb\nc\n");
  CHECK(read(folder / "named") == "a\nb\n");
  std::filesystem::remove(unseen.path());
}

TEST_CASE("lines of any length up to the longest, and whether the last was cut") {
  const TemporaryFolder folder;
  const std::string longer(600'000, 'x');
  const std::filesystem::path path = write(folder / "lines", "a\n\n" + longer + "\nend");
  LineReader lines(path, 1'000'000);
  CHECK(lines.next() == "a");
  CHECK(lines.next() == "");
  CHECK(lines.next()->size() == longer.size());
  CHECK_FALSE(lines.torn());
  CHECK(lines.next() == "end");
  CHECK(lines.torn());
  CHECK(lines.number() == 4);
  CHECK_FALSE(lines.next());
  LineReader shorter(path, 1'000);
  shorter.next();
  shorter.next();
  CHECK(failure([&] { shorter.next(); }) == "usage: line 3 of '" + path.string() + "' is too long");
  CHECK(failure([&] { LineReader(folder.path(), 10); }).starts_with("usage: cannot read"));
}

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
  CHECK(reader.header().filter == "state dead");
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
  CHECK(refusal("") == "usage: no usable plan: line 1 of 'F' is no header of queuetrace.plan/1");
  CHECK(refusal("{}\n") == "usage: no usable plan: line 1 of 'F' is no header of queuetrace.plan/1");
  CHECK(refusal(with(header, "plan/1", "plan/2") + target + end) ==
        "usage: no usable plan: line 1 of 'F' is no header of queuetrace.plan/1");
  CHECK(refusal(with(header, "move", "explode") + target + end) ==
        "usage: no usable plan: line 1 of 'F' names no action we know");
  CHECK(refusal(with(header, "\"made_at\":\"2026", "\"made_at\":\"x2026") + target + end) ==
        "usage: no usable plan: line 1 of 'F' says not what the plan was made for");
  CHECK(refusal(header + target) == "usage: no usable plan: line 2 of 'F' is the last one: the plan has no end");
  CHECK(refusal(header + "[1]\n" + end) == "usage: no usable plan: line 2 of 'F' is no JSON object");
  CHECK(refusal(header + with(target, "\"act\"", "\"do\"") + end) ==
        "usage: no usable plan: line 2 of 'F' is no target");
  CHECK(refusal(header + with(target, "\"locator\"", "\"locat\"") + end) ==
        "usage: no usable plan: line 2 of 'F' is no target");
  CHECK(refusal(header + target.substr(0, target.size() / 2)) ==
        "usage: no usable plan: line 2 of 'F' is no JSON object");
  CHECK(refusal(header + target + target + end) ==
        "usage: no usable plan: line 4 of 'F' counts other jobs than there are");
  CHECK(refusal(header + target + with(end, "\"act\":1", "\"act\":-1")) ==
        "usage: no usable plan: line 3 of 'F' has no count act");
  CHECK(refusal(header + target + end + target) == "usage: no usable plan: line 4 of 'F' stands behind the end");
  CHECK(refusal(header + std::string(100'000, '[') + "\n" + end) ==
        "usage: no usable plan: line 2 of 'F' is no JSON object");
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

TEST_CASE("a backup comes back byte for byte") {
  const TemporaryFolder folder;
  const std::string content("{\"row\":\"{\\\"n\\\":1.10}\"}\n\0\xff", 27);
  {
    BackupWriter writer(folder / "backup", test_header(), "op-1");
    writer.add({{Untrusted("a\xff"), content}, {Untrusted("b"), "{}"}});
    writer.finish();
    CHECK(writer.records() == 2);
  }
  BackupReader reader(folder / "backup");
  CHECK(reader.source() == "prod");
  CHECK(reader.target() == "postgresql://db/jobs");
  CHECK(reader.system() == "hammerwork");
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

TEST_CASE("a backup after a crash: the rest is used, damage inside is refused") {
  const TemporaryFolder folder;
  {
    BackupWriter writer(folder / "backup", test_header(), "op-1");
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
  CHECK(failure([&] { bad.next(); }) == "usage: line 2 of '" + (folder / "damaged").string() + "' is no record");
  CHECK(failure([&] { BackupReader(write(folder / "other", "{\"schema\":\"queuetrace.plan/1\"}\n")); }) ==
        "usage: '" + (folder / "other").string() + "' is no backup of queuetrace");
}

TEST_CASE("a full disk is told before anything is touched") {
  const TemporaryFolder folder;
  BackupWriter writer(folder / "backup", test_header(), "op-1");
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

TEST_CASE("a journal is there while its process lives, and tells when it is gone") {
  const TemporaryFolder folder;
  const std::map<std::string, std::string> environment{{"XDG_STATE_HOME", folder.path().string()}};
  CHECK(unfinished_operations({}).empty());
  CHECK(unfinished_operations(environment).empty());
  Operation operation;
  operation.id = "20260102T030405Z-purge-prod-0a";
  operation.verb = "purge";
  operation.source = "prod";
  operation.system = "hammerwork";
  operation.started = *parse_timestamp("2026-01-02T03:04:05Z");
  operation.plan = "/p";
  operation.backup = "/b";
  const std::filesystem::path file = folder / "queuetrace/operations" / (operation.id + ".jsonl");
  {
    OperationJournal journal(operation, 7, "complete it", "undo it", environment);
    CHECK(std::filesystem::exists(file));
    CHECK(unfinished_operations(environment).empty());  // we live
    journal.progress(3);
    journal.progress(5);
  }
  const std::vector<UnfinishedOperation> found = unfinished_operations(environment);
  REQUIRE(found.size() == 1);
  CHECK(found[0].verb == "purge");
  CHECK(found[0].source == "prod");
  CHECK(found[0].started == "2026-01-02T03:04:05.000Z");
  CHECK(found[0].jobs == 7);
  CHECK(found[0].tried == 5);
  CHECK(found[0].complete == "complete it");
  CHECK(found[0].undo == "undo it");
  settle_operations("/other", environment);
  CHECK(unfinished_operations(environment).size() == 1);
  settle_operations("/b", environment);
  CHECK_FALSE(std::filesystem::exists(file));
  {
    OperationJournal journal(operation, 7, "", "", environment);
    journal.close();
  }
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("where state is kept") {
  CHECK(state_folder({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}) == "/s/queuetrace");
  CHECK(state_folder({{"XDG_STATE_HOME", "s"}, {"HOME", "/h"}}) == "/h/.local/state/queuetrace");
  CHECK(failure([] { state_folder({}); }) ==
        "refused: nowhere to record changes: neither XDG_STATE_HOME nor HOME is set");
  const TemporaryFolder folder;
  const std::filesystem::path made = made_state_folder({{"XDG_STATE_HOME", (folder / "a/b").string()}}, "backups");
  struct stat status {};
  REQUIRE(::stat(made.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  const std::string name = dated_name(*parse_timestamp("2026-01-02T03:04:05Z"), "purge", "prod");
  CHECK(name.starts_with("20260102T030405Z-purge-prod-"));
  CHECK(name.size() == std::string("20260102T030405Z-purge-prod-").size() + 8);
}
