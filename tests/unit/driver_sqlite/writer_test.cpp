// New files appear whole or not at all, readable by their owner only, and never over something else.
#include "backends/drivers/sqlite/writer.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "backends/drivers/sqlite/connection.hpp"
#include "backends/drivers/sqlite/new_file.hpp"
#include "model/error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace std::chrono_literals;
using testing::TemporaryFolder;

namespace {

void write(const std::filesystem::path& file, bool replace, int rows, std::size_t size = 10) {
  SqliteWriter writer(file, replace);
  writer.execute("CREATE TABLE t (number INTEGER, text TEXT, bytes BLOB)");
  writer.prepare_rows("INSERT INTO t VALUES (?, ?, ?)");
  const std::string text(size, 'x');
  for (int row = 0; row < rows; ++row) {
    const std::array<SqliteValue, 2> values{std::int64_t{row}, std::string_view(text)};
    writer.add_row(values.data(), values.size());
  }
  writer.finish();
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::optional<ErrorKind> kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

std::string count_of(const std::filesystem::path& file) {
  Source source;
  source.url = Secret("sqlite:" + file.string());
  return std::string(
      *connect_sqlite(source)->query({"SELECT count(*) FROM t WHERE bytes IS NULL", {}}, 5s)->cell(0, 0));
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat facts {};
  REQUIRE(::lstat(file.c_str(), &facts) == 0);
  return facts.st_mode & 07777;
}

}  // namespace

TEST_CASE("rows of several transactions are all there, and nobody else may read them") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "new.db";
  const mode_t before = ::umask(0);
  write(file, false, 12'345);
  ::umask(before);
  CHECK(count_of(file) == "12345");
  CHECK(mode_of(file) == 0600);
  CHECK(folder.entries() == 1);
}

TEST_CASE("nothing is left behind when the file is not finished") {
  const TemporaryFolder folder;
  {
    SqliteWriter writer(folder / "new.db", false);
    writer.execute("CREATE TABLE t (v)");
    CHECK(folder.entries() == 1);
    CHECK_FALSE(std::filesystem::exists(folder / "new.db"));
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("a file that is there is kept unless it may be replaced") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "there.db";
  std::ofstream(file) << "mine";
  CHECK(kind_of([&] { write(file, false, 1); }) == ErrorKind::refused);
  CHECK(content(file) == "mine");
  CHECK(folder.entries() == 1);
  ::chmod(file.c_str(), 0644);
  write(file, true, 3);
  CHECK(count_of(file) == "3");
  CHECK(mode_of(file) == 0600);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file that appears while writing is kept") {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "late.db";
  SqliteWriter writer(file, false);
  writer.execute("CREATE TABLE t (v)");
  std::ofstream(file) << "mine";
  CHECK(kind_of([&] { writer.finish(); }) == ErrorKind::refused);
  CHECK(content(file) == "mine");
}

TEST_CASE("symbolic links and special files are refused, replacing or not") {
  const TemporaryFolder folder;
  const std::filesystem::path target = folder / "target.db", link = folder / "link.db", pipe = folder / "pipe.db";
  std::ofstream(target) << "mine";
  std::filesystem::create_symlink(target, link);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const bool replace : {false, true}) {
    CHECK(kind_of([&] { write(link, replace, 1); }) == ErrorKind::refused);
    CHECK(kind_of([&] { write(pipe, replace, 1); }) == ErrorKind::refused);
    CHECK(kind_of([&] { write(folder.path(), replace, 1); }) == ErrorKind::refused);
  }
  std::filesystem::create_symlink(folder / "nowhere", folder / "dangling.db");
  CHECK(kind_of([&] { write(folder / "dangling.db", true, 1); }) == ErrorKind::refused);
  CHECK(content(target) == "mine");
  CHECK(std::filesystem::is_symlink(link));
  CHECK_FALSE(std::filesystem::exists(folder / "nowhere"));
}

TEST_CASE("a folder that is a symbolic link is followed, a missing one is named") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink(folder / "real", folder / "alias");
  write(folder / "alias" / "new.db", false, 1);
  CHECK(count_of(folder / "real" / "new.db") == "1");
  CHECK(kind_of([&] { write(folder / "missing" / "new.db", false, 1); }) == ErrorKind::not_found);
  CHECK(kind_of([&] { write("", false, 1); }) == ErrorKind::usage);
}

TEST_CASE("a full disk is one clear error and leaves nothing behind") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // The limit on the file size stands for the disk; it must not hit the test program itself.
    const rlimit limit{1'000'000, 1'000'000};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::optional<ErrorKind> kind = kind_of([&] { write(folder / "new.db", false, 100'000, 1'000); });
    ::_exit(kind == ErrorKind::internal ? 42 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 42);
  CHECK(folder.entries() == 0);
}

TEST_CASE("a finished file that cannot be synced into place is removed") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder");
  {
    NewFile file(folder / "folder" / "new.db", false);
    CHECK(file.temporary().filename().string().starts_with(".new.db."));
    CHECK(mode_of(file.temporary()) == 0600);
    std::filesystem::create_directory(folder / "folder" / "new.db");
    CHECK(kind_of([&] { file.place(); }) == ErrorKind::refused);
  }
  CHECK(std::filesystem::is_directory(folder / "folder" / "new.db"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "folder"), {}) == 1);
}
