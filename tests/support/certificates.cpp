#include "tests/support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <stdexcept>

namespace queuetrace::test {
namespace {

constexpr long day = 24 * 3600;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

void add_extension(X509* certificate, X509* signer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension of a certificate");
  X509_EXTENSION_free(extension);
}

/// A certificate of `key`, without extensions and not signed yet.
X509* unsigned_certificate(EVP_PKEY* key, const std::string& common_name, int days) {
  static long serial = 0;
  X509* certificate = X509_new();
  require(certificate != nullptr, "certificate");
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * day);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  require(X509_set_pubkey(certificate, key) == 1, "key of a certificate");
  return certificate;
}

Certificate write(const std::filesystem::path& folder, const std::string& name, X509* certificate, EVP_PKEY* key) {
  const Certificate files{folder / (name + ".pem"), folder / (name + "-key.pem")};
  std::FILE* file = std::fopen(files.certificate.c_str(), "w");
  require(file != nullptr && PEM_write_X509(file, certificate) == 1, "write a certificate");
  std::fclose(file);
  file = std::fopen(files.key.c_str(), "w");
  require(file != nullptr && ::fchmod(::fileno(file), 0600) == 0 &&
              PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a key");
  std::fclose(file);
  return files;
}

EVP_PKEY* new_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  require(key != nullptr, "key");
  return key;
}

}  // namespace

void CertificateAuthority::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void CertificateAuthority::Free::operator()(X509* certificate) const { X509_free(certificate); }

CertificateAuthority::CertificateAuthority()
    : key_(new_key()), signer_(unsigned_certificate(key_.get(), "authority in " + folder_.path().string(), 2)) {
  X509_set_issuer_name(signer_.get(), X509_get_subject_name(signer_.get()));
  add_extension(signer_.get(), signer_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(signer_.get(), signer_.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(signer_.get(), key_.get(), EVP_sha256()) > 0, "sign a certificate");
  own_ = write(folder_.path(), "authority", signer_.get(), key_.get());
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
}

Certificate CertificateAuthority::issue(const std::string& file, const std::string& common_name,
                                        const std::string& names, int days) {
  const std::unique_ptr<EVP_PKEY, Free> key(new_key());
  const std::unique_ptr<X509, Free> made(unsigned_certificate(key.get(), common_name, days));
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer_.get()));
  if (!names.empty()) add_extension(made.get(), signer_.get(), NID_subject_alt_name, names);
  require(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0, "sign a certificate");
  return write(folder_.path(), file, made.get(), key.get());
}

}  // namespace queuetrace::test
