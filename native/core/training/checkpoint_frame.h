#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/training/checkpoint_store.h"
#include "core/training/training_identity.h"

namespace caloscope {

/// What all checkpoints have around their content: "CALOSCKP"; uint32 version of the format; uint64 size of all of it; the
/// identity of what it is of (uint32 number of entries, then name and value of each, as uint32 length and bytes); the
/// content; and the ContentHash of all that (uint64). In the byte order of x86, without gaps.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(const TrainingIdentity& identity);

  /// Numbers come before the vectors.
  template <class Number>
  void put(Number number) {
    static_assert(std::is_trivially_copyable_v<Number>);
    const auto bytes = std::as_bytes(std::span(&number, 1));
    head_.insert(head_.end(), bytes.begin(), bytes.end());
  }
  /// Not copied: it must outlive the writer.
  void add(std::span<const std::byte> vector) { vectors_.push_back(vector); }

  /// Throws Error(output).
  void save(CheckpointStore& store, std::uint32_t number);

 private:
  void put_text(const std::string& text);

  std::vector<std::byte> head_;
  std::vector<std::span<const std::byte>> vectors_;
};

/// Reads the content of one that is whole and of what it is expected to be of. Every member throws Error(checkpoint), which says
/// what is wrong and what to do; the place is said by who knows it.
class CheckpointReader {
 public:
  CheckpointReader(std::span<const std::byte> bytes, const TrainingIdentity& expected);

  template <class Number>
  Number number() {
    Number number{};
    take(std::as_writable_bytes(std::span(&number, 1)));
    return number;
  }
  void take(std::span<std::byte> bytes);
  void require_end() const;

 private:
  std::string text();
  void require_identity(const TrainingIdentity& expected);

  std::span<const std::byte> rest_;
};

[[noreturn]] void refuse_damaged(const std::string& how);

}  // namespace caloscope
