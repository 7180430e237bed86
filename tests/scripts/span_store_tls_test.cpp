// A span store whose certificate nobody vouches for is told nothing, neither the trace nor the token.
#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

/// A TLS server of its own certificate, on a free port of the loopback; ends after one connection.
class SelfSigned {
 public:
  explicit SelfSigned(const std::string& folder) {
    const std::string key = folder + "/key.pem", certificate = folder + "/certificate.pem";
    const std::string make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " +
        key + " -out " + certificate + " 2>/dev/null";
    REQUIRE(std::system(make.c_str()) == 0);
    const std::string serve = "exec timeout 60 openssl s_server -accept 127.0.0.1:0 -naccept 1 -cert " + certificate +
                              " -key " + key + " 2>&1 </dev/zero";
    server_ = popen(serve.c_str(), "r");
    REQUIRE(server_ != nullptr);
    const std::string accepts = "ACCEPT 127.0.0.1:";
    while (port_.empty()) {
      const std::string line = read_line();
      REQUIRE_FALSE(line.empty());
      if (line.starts_with(accepts)) port_ = line.substr(accepts.size(), line.find('\n') - accepts.size());
    }
  }
  ~SelfSigned() { pclose(server_); }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  std::string url() const { return "https://127.0.0.1:" + port_; }
  /// Everything that it says of its one connection, with what the client sent.
  std::string transcript() {
    std::string text;
    for (std::string line = read_line(); !line.empty(); line = read_line()) text += line;
    return text;
  }

 private:
  std::string read_line() {
    char buffer[4096];
    return std::fgets(buffer, sizeof buffer, server_) == nullptr ? std::string() : std::string(buffer);
  }

  FILE* server_ = nullptr;
  std::string port_;
};

}  // namespace

TEST_CASE("spans are read from servers with a trusted certificate only") {
  const testing::TemporaryFolder folder;
  SelfSigned server(folder.path());
  auto environment = clean_environment(folder.path());
  environment["QUEUETRACE_SOURCE"] = "sqlite:" + (folder.path() / "demo.db").string();
  environment["QUEUETRACE_SPANS_TOKEN"] = "CANARY-51e7";
  const std::string config = folder.path() / "config.toml";
  std::ofstream(config) << "jaeger_base_url = '" << server.url() << "'\n";
  REQUIRE(run_program({QUEUETRACE_PROGRAM, "demo", "--quiet", folder.path() / "demo.db"}, environment).exit_code == 0);
  const ProgramResult result = run_program(
      {QUEUETRACE_PROGRAM, "trace", "show", "order-12345", "--spans", "-o", "name", "--config", config}, environment);
  CHECK(result.exit_code == 7);
  CHECK(result.messages ==
        "warning: jaeger (" + server.url() + "): its certificate is not trusted; shown without its spans\n");
  const std::string told = server.transcript();
  CHECK(told.find("alert unknown ca") != std::string::npos);
  CHECK(told.find("CANARY") == std::string::npos);
  CHECK(told.find("GET ") == std::string::npos);
}

}  // namespace queuetrace::test
