// The functions of OpenSSL that the driver calls: each passes its call on to the library. One that is missing in this
// list is missed by the linker. Test programs are linked with OpenSSL as well, and these come first there, too.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "backends/drivers/redis/openssl.hpp"

namespace {

template <auto function, typename... Arguments>
auto in_libssl(const char* name, Arguments... arguments) {
  return queuetrace::call_loaded<queuetrace::libssl, function>(name, arguments...);
}

template <auto function, typename... Arguments>
auto in_libcrypto(const char* name, Arguments... arguments) {
  return queuetrace::call_loaded<queuetrace::libcrypto, function>(name, arguments...);
}

}  // namespace

extern "C" {
const SSL_METHOD* TLS_client_method() { return in_libssl<&::TLS_client_method>("TLS_client_method"); }
SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) { return in_libssl<&::SSL_CTX_new>("SSL_CTX_new", method); }
void SSL_CTX_free(SSL_CTX* context) { return in_libssl<&::SSL_CTX_free>("SSL_CTX_free", context); }
long SSL_CTX_ctrl(SSL_CTX* context, int command, long number, void* pointer) {
  return in_libssl<&::SSL_CTX_ctrl>("SSL_CTX_ctrl", context, command, number, pointer);
}
void SSL_CTX_set_verify(SSL_CTX* context, int mode, SSL_verify_cb callback) {
  return in_libssl<&::SSL_CTX_set_verify>("SSL_CTX_set_verify", context, mode, callback);
}
int SSL_CTX_set_default_verify_paths(SSL_CTX* context) {
  return in_libssl<&::SSL_CTX_set_default_verify_paths>("SSL_CTX_set_default_verify_paths", context);
}
int SSL_CTX_load_verify_locations(SSL_CTX* context, const char* file, const char* folder) {
  return in_libssl<&::SSL_CTX_load_verify_locations>("SSL_CTX_load_verify_locations", context, file, folder);
}
int SSL_CTX_use_certificate_chain_file(SSL_CTX* context, const char* file) {
  return in_libssl<&::SSL_CTX_use_certificate_chain_file>("SSL_CTX_use_certificate_chain_file", context, file);
}
int SSL_CTX_use_PrivateKey_file(SSL_CTX* context, const char* file, int type) {
  return in_libssl<&::SSL_CTX_use_PrivateKey_file>("SSL_CTX_use_PrivateKey_file", context, file, type);
}

SSL* SSL_new(SSL_CTX* context) { return in_libssl<&::SSL_new>("SSL_new", context); }
void SSL_free(SSL* ssl) { return in_libssl<&::SSL_free>("SSL_free", ssl); }
long SSL_ctrl(SSL* ssl, int command, long number, void* pointer) {
  return in_libssl<&::SSL_ctrl>("SSL_ctrl", ssl, command, number, pointer);
}
int SSL_set_fd(SSL* ssl, int descriptor) { return in_libssl<&::SSL_set_fd>("SSL_set_fd", ssl, descriptor); }
X509_VERIFY_PARAM* SSL_get0_param(SSL* ssl) { return in_libssl<&::SSL_get0_param>("SSL_get0_param", ssl); }
void SSL_set_hostflags(SSL* ssl, unsigned flags) {
  return in_libssl<&::SSL_set_hostflags>("SSL_set_hostflags", ssl, flags);
}
int SSL_set1_host(SSL* ssl, const char* host) { return in_libssl<&::SSL_set1_host>("SSL_set1_host", ssl, host); }
void SSL_set_connect_state(SSL* ssl) { return in_libssl<&::SSL_set_connect_state>("SSL_set_connect_state", ssl); }
int SSL_connect(SSL* ssl) { return in_libssl<&::SSL_connect>("SSL_connect", ssl); }
int SSL_read(SSL* ssl, void* into, int size) { return in_libssl<&::SSL_read>("SSL_read", ssl, into, size); }
int SSL_write(SSL* ssl, const void* bytes, int size) { return in_libssl<&::SSL_write>("SSL_write", ssl, bytes, size); }
int SSL_shutdown(SSL* ssl) { return in_libssl<&::SSL_shutdown>("SSL_shutdown", ssl); }
int SSL_get_error(const SSL* ssl, int result) { return in_libssl<&::SSL_get_error>("SSL_get_error", ssl, result); }
long SSL_get_verify_result(const SSL* ssl) { return in_libssl<&::SSL_get_verify_result>("SSL_get_verify_result", ssl); }

int X509_VERIFY_PARAM_set1_ip_asc(X509_VERIFY_PARAM* parameters, const char* address) {
  return in_libcrypto<&::X509_VERIFY_PARAM_set1_ip_asc>("X509_VERIFY_PARAM_set1_ip_asc", parameters, address);
}
const char* X509_verify_cert_error_string(long code) {
  return in_libcrypto<&::X509_verify_cert_error_string>("X509_verify_cert_error_string", code);
}
void ERR_clear_error() { return in_libcrypto<&::ERR_clear_error>("ERR_clear_error"); }
unsigned long ERR_get_error() { return in_libcrypto<&::ERR_get_error>("ERR_get_error"); }
const char* ERR_reason_error_string(unsigned long code) {
  return in_libcrypto<&::ERR_reason_error_string>("ERR_reason_error_string", code);
}
const EVP_MD* EVP_sha1() { return in_libcrypto<&::EVP_sha1>("EVP_sha1"); }
int EVP_Digest(const void* bytes, size_t size, unsigned char* digest, unsigned* digest_size, const EVP_MD* method,
               ENGINE* engine) {
  return in_libcrypto<&::EVP_Digest>("EVP_Digest", bytes, size, digest, digest_size, method, engine);
}
}
