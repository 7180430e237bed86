// Files of the state folder: whose they are, how their lines are read, and what a journal tells.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "commands/change/operation_journal.hpp"
#include "commands/change/state_folder.hpp"
#include "tests/unit/commands/state_files.hpp"

using namespace queuetrace;
using namespace queuetrace::testing::files;
using queuetrace::testing::TemporaryFolder;

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
        "refused: '" + path.string() + "' already exists");
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
        "refused: not writing '" + path.string() + "': it is not a private file of yours");
  CHECK(failure([&] { PrivateFile(folder / "none/plan", PrivateFile::Mode::create); }) ==
        "refused: cannot write '" + (folder / "none/plan").string() + "'");
  PrivateFile unseen(folder.path(), PrivateFile::Mode::create_unseen);
  CHECK(folder.entries() == 2);
  unseen.write("a\n");
  CHECK(failure([&] { unseen.give_name(path); }) == "refused: '" + path.string() + "' already exists");
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
