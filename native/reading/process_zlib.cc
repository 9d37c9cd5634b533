#include "reading/process_zlib.h"

#include <dlfcn.h>

#include <cstring>
#include <limits>

#include "reading/inflater.h"

namespace caloscope {
namespace {

// What zlib calls a stream, and its functions, have been the same since version 1.0.9: RFC 1950 and the manual of zlib. They are
// found in the process, so that nothing has to be there when this is built.

struct ZlibStream {
  const unsigned char* next_in;
  unsigned available_in;
  unsigned long total_in;
  unsigned char* next_out;
  unsigned available_out;
  unsigned long total_out;
  const char* message;
  void* state;
  void* (*allocate)(void*, unsigned, unsigned);
  void (*release)(void*, void*);
  void* opaque;
  int data_type;
  unsigned long adler;
  unsigned long reserved;
};

constexpr int zlib_ok = 0;
constexpr int zlib_stream_end = 1;
constexpr int zlib_finish = 4;

struct ZlibFunctions {
  const char* (*version)() = nullptr;
  int (*start)(ZlibStream*, const char* version, int stream_bytes) = nullptr;
  int (*inflate)(ZlibStream*, int flush) = nullptr;
  int (*reset)(ZlibStream*) = nullptr;
  int (*end)(ZlibStream*) = nullptr;
  bool usable = false;
};

template <class Function>
bool find(const char* name, Function& function) {
  void* const address = dlsym(RTLD_DEFAULT, name);
  static_assert(sizeof address == sizeof function);
  std::memcpy(&function, &address, sizeof address);
  return address != nullptr;
}

ZlibFunctions find_functions() {
  ZlibFunctions found;
  const bool all = find("zlibVersion", found.version) && find("inflateInit_", found.start) &&
                   find("inflate", found.inflate) && find("inflateReset", found.reset) && find("inflateEnd", found.end);
  if (!all || found.version()[0] != '1') return found;
  // It refuses streams of another layout.
  ZlibStream stream{};
  found.usable = found.start(&stream, found.version(), int{sizeof stream}) == zlib_ok;
  if (found.usable) found.end(&stream);
  return found;
}

const ZlibFunctions& functions() {
  static const ZlibFunctions found = find_functions();
  return found;
}

class ZlibInflater final : public Inflater {
 public:
  ZlibInflater() : started_(functions().start(&stream_, functions().version(), int{sizeof stream_}) == zlib_ok) {}
  ~ZlibInflater() override {
    if (started_) functions().end(&stream_);
  }
  ZlibInflater(const ZlibInflater&) = delete;
  ZlibInflater& operator=(const ZlibInflater&) = delete;

  bool unpack(std::span<const std::byte> packed, std::span<std::byte> unpacked) override {
    constexpr std::size_t most = std::numeric_limits<unsigned>::max();
    if (!started_ || packed.size() > most || unpacked.size() > most || functions().reset(&stream_) != zlib_ok) return false;
    stream_.next_in = reinterpret_cast<const unsigned char*>(packed.data());
    stream_.available_in = static_cast<unsigned>(packed.size());
    stream_.next_out = reinterpret_cast<unsigned char*>(unpacked.data());
    stream_.available_out = static_cast<unsigned>(unpacked.size());
    // A stream that is longer, or that ends early, does not end with its output full.
    return functions().inflate(&stream_, zlib_finish) == zlib_stream_end && stream_.available_out == 0;
  }

  bool started() const { return started_; }

 private:
  ZlibStream stream_{};
  bool started_;
};

}  // namespace

std::string process_zlib_version() { return functions().usable ? functions().version() : ""; }

std::unique_ptr<Inflater> make_zlib_inflater() {
  if (!functions().usable) return nullptr;
  auto inflater = std::make_unique<ZlibInflater>();
  if (inflater->started()) return inflater;
  return nullptr;
}

}  // namespace caloscope
