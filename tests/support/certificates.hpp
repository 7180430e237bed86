// Certificates for servers and clients that tests start: an authority of the test's own and what it signs.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// PEM files of a certificate and its key, readable by everybody but the key (mode 0600).
struct Certificate {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// Its files live as long as the object. Throws std::runtime_error when OpenSSL refuses.
class CertificateAuthority {
 public:
  CertificateAuthority();

  const std::filesystem::path& certificate() const { return own_.certificate; }
  /// A certificate with this common name and alternative names as OpenSSL writes them (`DNS:localhost,IP:127.0.0.1`;
  /// empty: none), for servers and clients alike; its files are named after `file`. It ends so many days from now; a
  /// negative number: it ended that long ago.
  Certificate issue(const std::string& file, const std::string& common_name, const std::string& names = {},
                    int days = 2);

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
    void operator()(X509* certificate) const;
  };

  testing::TemporaryFolder folder_;
  Certificate own_;
  std::unique_ptr<EVP_PKEY, Free> key_;
  std::unique_ptr<X509, Free> signer_;
};

}  // namespace queuetrace::test
