// Compiled without ThreadSanitizer, which would take the scheduler's own variables for shared ones; it is told below what
// is in order.
#include "grid_run.h"

#include <ucontext.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef CUDA_ON_HOST_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace cuda_on_host {
namespace {

constexpr std::size_t stack_bytes = std::size_t{1} << 18;
constexpr unsigned most_threads = 1024;

/// What orders threads and the host. Of the barriers of a block two in turn: a thread that resumes from one may be at the
/// next before others have left it.
struct Occasion {};
Occasion begin_of_block, barriers[2], end_of_block;

/// A stack, and the thread of the block that runs on it.
struct Fiber {
  ucontext_t context{};
  std::unique_ptr<char[]> stack = std::make_unique<char[]>(stack_bytes);
  dim3 thread;
  const void* waits_at = nullptr;  ///< the barrier
  unsigned barriers = 0;           ///< that it has come to
#ifdef CUDA_ON_HOST_TSAN
  void* sanitizer = __tsan_create_fiber(0);
#endif
};

std::array<std::unique_ptr<Fiber>, most_threads> fibers;
Fiber* current;
ucontext_t host;
const std::function<void()>* body;
dim3 block, block_threads;
unsigned next_thread;
#ifdef CUDA_ON_HOST_TSAN
void* host_sanitizer;
constexpr bool share_fibers = false;  // to ThreadSanitizer, what runs on one is one thread
#else
constexpr bool share_fibers = true;
#endif
#ifdef __SANITIZE_ADDRESS__
const void* host_stack;
std::size_t host_stack_bytes;
#endif

unsigned threads_in_block() { return block_threads.x * block_threads.y * block_threads.z; }

/// What the caller did up to here comes before what others do after they have come after the same occasion.
void come_before([[maybe_unused]] Occasion& occasion) {
#ifdef CUDA_ON_HOST_TSAN
  __tsan_release(&occasion);
#endif
}

void come_after([[maybe_unused]] Occasion& occasion) {
#ifdef CUDA_ON_HOST_TSAN
  __tsan_acquire(&occasion);
#endif
}

/// From the host: runs a fiber until it waits or ends.
void resume(Fiber& fiber) {
  current = &fiber;
  fiber.waits_at = nullptr;
#ifdef __SANITIZE_ADDRESS__
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, fiber.stack.get(), stack_bytes);
#endif
#ifdef CUDA_ON_HOST_TSAN
  host_sanitizer = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(fiber.sanitizer, __tsan_switch_to_fiber_no_sync);
#endif
  swapcontext(&host, &fiber.context);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

/// From a fiber: back to the host, for good or until it resumes.
void leave([[maybe_unused]] bool for_good) {
#ifdef __SANITIZE_ADDRESS__
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack, host_stack, host_stack_bytes);
#endif
#ifdef CUDA_ON_HOST_TSAN
  __tsan_switch_to_fiber(host_sanitizer, __tsan_switch_to_fiber_no_sync);
#endif
  swapcontext(&current->context, &host);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fake_stack, &host_stack, &host_stack_bytes);
#endif
}

/// On a fiber: the next thread and, as long as none waits, those after it.
void run_threads() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, &host_stack, &host_stack_bytes);
#endif
  come_after(begin_of_block);
  Fiber& own = *current;
  do {
    const unsigned number = next_thread++;
    own.thread = {number % block_threads.x, number / block_threads.x % block_threads.y,
                  number / (block_threads.x * block_threads.y)};
    (*body)();
  } while (share_fibers && own.barriers == 0 && next_thread < threads_in_block());
  come_before(end_of_block);
  leave(true);
}

void start(std::unique_ptr<Fiber>& fiber) {
  if (!fiber) fiber = std::make_unique<Fiber>();
  fiber->barriers = 0;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack.get();
  fiber->context.uc_stack.ss_size = stack_bytes;
  makecontext(&fiber->context, run_threads, 0);
  resume(*fiber);
}

/// Whether any thread waits; all that do must do so at one barrier.
bool any_waits(unsigned used) {
  const void* barrier = nullptr;
  for (unsigned i = 0; i < used; ++i) {
    const void* const own = fibers[i]->waits_at;
    if (own && barrier && own != barrier) {
      std::fputs("threads of one block wait at different barriers\n", stderr);
      std::abort();
    }
    if (own) barrier = own;
  }
  return barrier != nullptr;
}

void run_block() {
  come_before(begin_of_block);
  next_thread = 0;
  unsigned used = 0;
  while (next_thread < threads_in_block()) start(fibers[used++]);
  // Every second turn goes backwards.
  for (bool back = true; any_waits(used); back = !back) {
    for (unsigned i = 0; i < used; ++i) {
      Fiber& fiber = *fibers[back ? used - 1 - i : i];
      if (fiber.waits_at) resume(fiber);
    }
  }
  come_after(end_of_block);
}

}  // namespace

void run_grid(dim3 blocks, dim3 threads, const std::function<void()>& thread) {
  body = &thread;
  block_threads = threads;
  for (unsigned z = 0; z < blocks.z; ++z) {
    for (unsigned y = 0; y < blocks.y; ++y) {
      for (unsigned x = 0; x < blocks.x; ++x) {
        block = {x, y, z};
        run_block();
      }
    }
  }
}

dim3 thread_index() { return current->thread; }

dim3 block_index() { return block; }

void barrier() {
  current->waits_at = __builtin_return_address(0);
  Occasion& occasion = barriers[current->barriers++ % 2];
  come_before(occasion);
  leave(false);
  come_after(occasion);
}

}  // namespace cuda_on_host
