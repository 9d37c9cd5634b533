#include "reading/inflater.h"

#ifdef CALOSCOPE_HAS_LIBDEFLATE
#include <libdeflate.h>
#endif

#include "reading/process_zlib.h"

namespace caloscope {
namespace {

#ifdef CALOSCOPE_HAS_LIBDEFLATE

class LibdeflateInflater final : public Inflater {
 public:
  bool unpack(std::span<const std::byte> packed, std::span<std::byte> unpacked) override {
    std::size_t read = 0;
    // Without a place for the length, a shorter result is an error of its own.
    return libdeflate_zlib_decompress_ex(state_.get(), packed.data(), packed.size(), unpacked.data(), unpacked.size(), &read,
                                         nullptr) == LIBDEFLATE_SUCCESS;
  }

  bool ready() const { return state_ != nullptr; }

 private:
  struct Free {
    void operator()(libdeflate_decompressor* state) const { libdeflate_free_decompressor(state); }
  };
  std::unique_ptr<libdeflate_decompressor, Free> state_{libdeflate_alloc_decompressor()};
};

#endif

}  // namespace

std::unique_ptr<Inflater> make_libdeflate_inflater() {
#ifdef CALOSCOPE_HAS_LIBDEFLATE
  auto inflater = std::make_unique<LibdeflateInflater>();
  if (inflater->ready()) return inflater;
#endif
  return nullptr;
}

std::unique_ptr<Inflater> make_inflater() {
  if (auto inflater = make_libdeflate_inflater()) return inflater;
  return make_zlib_inflater();
}

std::string inflater_name() {
#ifdef CALOSCOPE_HAS_LIBDEFLATE
  return "libdeflate " LIBDEFLATE_VERSION_STRING;
#else
  const auto version = process_zlib_version();
  return version.empty() ? "none" : "zlib " + version;
#endif
}

}  // namespace caloscope
