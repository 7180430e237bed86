// Jobs that are held together until they are shown, such as a page of several stores: bytes bound them, not their
// number.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// About the bytes that a job holds beside what every job takes: any of its texts may be large.
std::uint64_t text_bytes(const Job& job);

/// Code of the note on a job whose texts were cut.
inline constexpr std::string_view texts_cut_note = "texts-cut";

/// Lets go of what is beyond a bound: once the jobs before hold `most` bytes, of every further job's texts only the
/// first 4 KiB stay, and a note says so. JSON that is cut becomes a text. What tells the job (ids, queue, state, times,
/// locator) always stays.
class HeldTexts {
 public:
  explicit HeldTexts(std::uint64_t most = 16u << 20) : most_(most) {}

  void hold(Job& job);

 private:
  std::uint64_t most_, held_ = 0;
};

}  // namespace queuetrace
