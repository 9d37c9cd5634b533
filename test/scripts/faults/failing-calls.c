// Preloaded into a process: the n-th call on a file below a folder fails, as on a disk that is full or breaks. Calls on other
// files, and those of Node on its own, are left alone.
//
//   FAULT_FOLDER   files below it count
//   FAULT_CALL     number of the call that fails, from 1; 0: none
//   FAULT_ERROR    its errno; -1: a short count in place of an error (read and write alone)
//   FAULT_ALLOCATIONS   bytes from which on allocations of the core count, in place of calls on files
//   FAULT_LOG      gets the calls that were counted, one line each: number, name, path where it has one
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { descriptors = 65536, no_fault = 0, fault = 1, shortened = 2 };

static atomic_int calls;
static atomic_bool watched[descriptors];

static const char* setting(const char* name) {
  const char* value = getenv(name);
  return value ? value : "";
}

static size_t least_allocation(void) {
  static size_t bytes = SIZE_MAX;
  if (bytes == SIZE_MAX) bytes = (size_t)atol(setting("FAULT_ALLOCATIONS"));
  return bytes;
}

static int below(const char* path) {
  if (least_allocation() > 0) return 0;
  const char* folder = setting("FAULT_FOLDER");
  const size_t length = strlen(folder);
  if (length == 0 || path == NULL) return 0;
  if (path[0] == '/') return strncmp(path, folder, length) == 0;
  char here[PATH_MAX];
  return getcwd(here, sizeof here) && strncmp(here, folder, length) == 0;
}

static int is_watched(int descriptor) { return descriptor >= 0 && descriptor < descriptors && watched[descriptor]; }

static void note(int number, const char* name, const char* path) {
  static int log = -2;
  if (log == -2) {
    int (*real)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
    log = setting("FAULT_LOG")[0] ? real(setting("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  if (log < 0) return;
  char line[PATH_MAX + 64];
  const int length = snprintf(line, sizeof line, "%d %s %s\n", number, name, path ? path : "");
  ssize_t (*real)(int, const void*, size_t) = (ssize_t (*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  if (real(log, line, (size_t)length) < 0) abort();
}

/// Counts a call; what is to become of it.
static int counted(const char* name, const char* path, int can_be_short) {
  const int number = atomic_fetch_add(&calls, 1) + 1;
  note(number, name, path);
  if (number != atoi(setting("FAULT_CALL"))) return no_fault;
  const int error = atoi(setting("FAULT_ERROR"));
  if (error < 0) return can_be_short ? shortened : no_fault;
  errno = error;
  return fault;
}

#define REAL(result, name, ...)                              \
  static result (*real)(__VA_ARGS__);                        \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int opened(int descriptor, int watch) {
  if (descriptor >= 0 && descriptor < descriptors) watched[descriptor] = watch;
  return descriptor;
}

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPEN(name)                                                      \
  int name(const char* path, int flags, ...) {                          \
    REAL(int, name, const char*, int, ...);                             \
    va_list rest;                                                       \
    va_start(rest, flags);                                              \
    const mode_t mode = mode_of(flags, rest);                           \
    va_end(rest);                                                       \
    if (!below(path)) return opened(real(path, flags, mode), 0);        \
    if (counted(#name, path, 0)) return -1;                             \
    return opened(real(path, flags, mode), 1);                          \
  }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
  REAL(int, close, int);
  if (descriptor >= 0 && descriptor < descriptors) watched[descriptor] = 0;
  return real(descriptor);
}

/// A transfer of `size` bytes, the last of which a short one leaves out.
#define TRANSFER(name, pointer, ...)                                                        \
  ssize_t name(int descriptor, pointer bytes, size_t size __VA_OPT__(, off_t place)) {      \
    REAL(ssize_t, name, int, pointer, size_t __VA_OPT__(, off_t));                          \
    const int kind = is_watched(descriptor) ? counted(#name, NULL, size > 1) : no_fault;    \
    if (kind == fault) return -1;                                                           \
    return real(descriptor, bytes, kind == shortened ? size / 2 : size __VA_OPT__(, place)); \
  }
TRANSFER(read, void*)
TRANSFER(write, const void*)
TRANSFER(pread, void*, place)
TRANSFER(pread64, void*, place)
TRANSFER(pwrite, const void*, place)
TRANSFER(pwrite64, const void*, place)

#define GATHERED(name, ...)                                                                        \
  ssize_t name(int descriptor, const struct iovec* parts, int count __VA_OPT__(, off_t place)) {   \
    REAL(ssize_t, name, int, const struct iovec*, int __VA_OPT__(, off_t));                        \
    if (is_watched(descriptor) && counted(#name, NULL, 0) == fault) return -1;                     \
    return real(descriptor, parts, count __VA_OPT__(, place));                                     \
  }
GATHERED(readv)
GATHERED(writev)
GATHERED(preadv, place)
GATHERED(pwritev, place)

#define ON_DESCRIPTOR(name)                                              \
  int name(int descriptor) {                                             \
    REAL(int, name, int);                                                \
    if (is_watched(descriptor) && counted(#name, NULL, 0)) return -1;    \
    return real(descriptor);                                             \
  }
ON_DESCRIPTOR(fsync)
ON_DESCRIPTOR(fdatasync)

int ftruncate(int descriptor, off_t length) {
  REAL(int, ftruncate, int, off_t);
  if (is_watched(descriptor) && counted("ftruncate", NULL, 0)) return -1;
  return real(descriptor, length);
}

#define ON_PATH(name)                                        \
  int name(const char* path) {                               \
    REAL(int, name, const char*);                            \
    if (below(path) && counted(#name, path, 0)) return -1;   \
    return real(path);                                       \
  }
ON_PATH(unlink)
ON_PATH(rmdir)

int mkdir(const char* path, mode_t mode) {
  REAL(int, mkdir, const char*, mode_t);
  if (below(path) && counted("mkdir", path, 0)) return -1;
  return real(path, mode);
}

#define ON_TWO_PATHS(name)                                                 \
  int name(const char* from, const char* to) {                             \
    REAL(int, name, const char*, const char*);                             \
    if ((below(from) || below(to)) && counted(#name, to, 0)) return -1;    \
    return real(from, to);                                                 \
  }
ON_TWO_PATHS(rename)
ON_TWO_PATHS(link)

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  REAL(int, renameat2, int, const char*, int, const char*, unsigned);
  if ((below(from) || below(to)) && counted("renameat2", to, 0)) return -1;
  return real(from_folder, from, to_folder, to, flags);
}

static atomic_uintptr_t core_begin, core_end;

static int note_core(struct dl_phdr_info* info, size_t size, void* unused) {
  (void)size;
  (void)unused;
  const size_t length = strlen(info->dlpi_name);
  static const char name[] = "caloscope.node";
  if (length < sizeof name || strcmp(info->dlpi_name + length + 1 - sizeof name, name) != 0) return 0;
  uintptr_t end = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const uintptr_t segment_end = info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    if (segment_end > end) end = segment_end;
  }
  core_begin = info->dlpi_addr;
  core_end = info->dlpi_addr + end;
  return 1;
}

void* dlopen(const char* path, int flags) {
  REAL(void*, dlopen, const char*, int);
  void* const library = real(path, flags);
  if (library && core_end == 0 && least_allocation() > 0) dl_iterate_phdr(note_core, NULL);
  return library;
}

/// Whether an allocation that the core asks for is to fail.
static int fails(size_t bytes, const void* caller) {
  if (core_end == 0 || bytes < least_allocation()) return 0;
  if ((uintptr_t)caller < core_begin || (uintptr_t)caller >= core_end) return 0;
  return counted("allocation", NULL, 0) == fault;
}

extern void* __libc_malloc(size_t);
extern void* __libc_memalign(size_t, size_t);

void* malloc(size_t bytes) { return fails(bytes, __builtin_return_address(0)) ? NULL : __libc_malloc(bytes); }

void* aligned_alloc(size_t alignment, size_t bytes) {
  return fails(bytes, __builtin_return_address(0)) ? NULL : __libc_memalign(alignment, bytes);
}

/// operator new, which throws what more bytes than there are make it throw.
void* _Znwm(size_t bytes) {
  REAL(void*, _Znwm, size_t);
  return real(fails(bytes, __builtin_return_address(0)) ? SIZE_MAX / 2 : bytes);
}

void* _ZnwmSt11align_val_t(size_t bytes, size_t alignment) {
  REAL(void*, _ZnwmSt11align_val_t, size_t, size_t);
  return real(fails(bytes, __builtin_return_address(0)) ? SIZE_MAX / 2 : bytes, alignment);
}

int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  if (fails(bytes, __builtin_return_address(0))) return ENOMEM;
  *memory = __libc_memalign(alignment, bytes);
  return *memory ? 0 : ENOMEM;
}
