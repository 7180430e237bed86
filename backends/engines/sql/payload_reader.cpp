#include "backends/engines/sql/payload_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>

namespace queuetrace {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return 0;
}

std::string from_hex(std::string_view digits) {
  std::string out(digits.size() / 2, '\0');
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<char>(digit(digits[2 * i]) * 16 + digit(digits[2 * i + 1]));
  return out;
}

/// Unpacks up to inflate_limit bytes of gzip data; `whole` tells whether that was all of it.
std::string inflate_gzip(const std::string& packed, bool& whole) {
  z_stream stream{};
  whole = false;
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 65'536> window;
  while (out.size() < inflate_limit) {
    stream.next_out = reinterpret_cast<Bytef*>(window.data());
    stream.avail_out = static_cast<uInt>(std::min(window.size(), inflate_limit - out.size()));
    const uInt asked = stream.avail_out;
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.append(window.data(), asked - stream.avail_out);
    if (result == Z_STREAM_END) whole = true;
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) break;
  }
  inflateEnd(&stream);
  return out;
}

}  // namespace

Payload read_payload(std::string_view bytes, std::string_view form, std::optional<std::uint64_t> size,
                     std::optional<std::string>& problem) {
  Payload payload;
  payload.size = size.value_or(bytes.size());
  if (form == "hex") {
    std::string raw = from_hex(bytes);
    if (!size) payload.size = raw.size();
    if (raw.starts_with("\x1f\x8b")) {
      bool whole = false;
      std::string text = inflate_gzip(raw, whole);
      if (!whole)
        problem = text.size() >= inflate_limit ? "the payload unpacks to more than 16 MiB; only its beginning was read"
                                               : "the packed payload is damaged; what could be unpacked is shown";
      if (whole && text.size() > payload.size) payload.size = text.size();
      raw = std::move(text);
    }
    payload.text = Untrusted(std::move(raw));
    return payload;
  }
  if (form == "text") payload.form = Payload::Form::text;
  if (form == "binary") payload.form = Payload::Form::binary;
  if (form == "encrypted") payload.form = Payload::Form::encrypted;
  payload.text = Untrusted(std::string(bytes));
  return payload;
}

}  // namespace queuetrace
