// A stand-in for libcuda.so.1, so that the host code which talks to the driver runs in tests
// without a GPU: a test tool, never a backend. It is stricter than the driver where that finds
// mistakes: work is queued and runs only when something waits for it (a buffer that is reused too
// early is seen), every address must lie in one allocation, and every call needs a current context.
// Kernels are those of the shim's libraries.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace {

enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719
};

size_t totalBytes = 256u << 20;

std::recursive_mutex lock;
std::vector<void*> libraries;
std::map<uintptr_t, size_t> blocks;
size_t used;
std::deque<std::function<void()>> queue;
uint64_t queued, done;
int sticky;
uint64_t compiled, launches, waits;
int context;
thread_local void* current;

struct Module {
  std::string text;
};
struct Function {
  const char* (*run)(const void*, unsigned, unsigned, unsigned, unsigned, unsigned, int);
  long long size;
};
struct Event {
  uint64_t at;
};
struct Link {
  std::string ptx, cubin;
};

const char CUBIN[] = "fake cubin\n";

#define ENTER()                                        \
  std::lock_guard<std::recursive_mutex> guard(lock);   \
  if (current != &context) return INVALID_CONTEXT;     \
  if (sticky) return sticky

void runUntil(uint64_t end) {
  if (done < end) waits++;
  while (done < end) {
    auto work = queue.front();
    queue.pop_front();
    done++;
    if (!sticky) work();
  }
}

void enqueue(std::function<void()> work) {
  queue.push_back(work);
  queued++;
}

bool inside(uintptr_t at, size_t bytes) {
  auto b = blocks.upper_bound(at);
  if (b == blocks.begin()) return false;
  --b;
  return at + bytes <= b->first + b->second;
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// ---- what tests ask ----

int fake_library(const char* path) {
  void* l = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (l) libraries.push_back(l);
  return l ? 0 : 1;
}
long long fake_used() { return used; }
long long fake_blocks() { return blocks.size(); }
long long fake_compiled() { return compiled; }
long long fake_launches() { return launches; }
long long fake_waits() { return waits; }
long long fake_drain() {
  std::lock_guard<std::recursive_mutex> guard(lock);
  // For stand-ins of libraries that would queue their work; nobody waits.
  const uint64_t before = waits;
  runUntil(queued);
  waits = before;
  return sticky;
}
long long fake_heal() { return sticky = 0; }

// ---- the driver ----

// Programs that cannot call fake_library name the kernels' libraries in the environment.
int cuInit(unsigned) {
  if (const char* paths = std::getenv("RELATA_FAKE_KERNELS")) {
    std::string rest = paths;
    while (!rest.empty() && libraries.size() < 100) {
      const size_t end = rest.find(':');
      if (fake_library(rest.substr(0, end).c_str())) return NOT_FOUND;
      rest = end == std::string::npos ? "" : rest.substr(end + 1);
    }
  }
  if (const char* bytes = std::getenv("RELATA_FAKE_BYTES")) totalBytes = std::atoll(bytes);
  return SUCCESS;
}
int cuDriverGetVersion(int* v) {
  *v = 12040;
  return SUCCESS;
}
int cuDeviceGetCount(int* n) {
  *n = 2;
  return SUCCESS;
}
int cuDeviceGet(int* d, int ordinal) {
  *d = ordinal;
  return SUCCESS;
}
int cuDeviceGetName(char* name, int n, int d) {
  std::snprintf(name, n, "Fake device %d", d);
  return SUCCESS;
}
int cuDeviceTotalMem_v2(size_t* n, int) {
  *n = totalBytes;
  return SUCCESS;
}
int cuDeviceGetAttribute(int* v, int a, int) {
  *v = a == 75 ? 8 : a == 76 ? 6 : a == 16 ? 3 : a == 8 ? 49152 : 0;
  return SUCCESS;
}
int cuDevicePrimaryCtxRetain(void** c, int) {
  *c = &context;
  return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
int cuCtxSetCurrent(void* c) {
  current = c;
  return SUCCESS;
}
int cuStreamCreate(void** s, unsigned flags) {
  ENTER();
  *s = &queue;
  return flags == 1 ? SUCCESS : INVALID_VALUE;
}
int cuStreamDestroy_v2(void*) { return SUCCESS; }
int cuStreamSynchronize(void* s) {
  ENTER();
  if (s != &queue) return INVALID_VALUE;
  runUntil(queued);
  return sticky;
}
int cuEventCreate(void** e, unsigned) {
  ENTER();
  *e = new Event{0};
  return SUCCESS;
}
int cuEventRecord(void* e, void*) {
  ENTER();
  static_cast<Event*>(e)->at = queued;
  return SUCCESS;
}
int cuEventSynchronize(void* e) {
  ENTER();
  runUntil(static_cast<Event*>(e)->at);
  return sticky;
}
int cuEventDestroy_v2(void* e) {
  delete static_cast<Event*>(e);
  return SUCCESS;
}

int cuMemAlloc_v2(uintptr_t* p, size_t n) {
  ENTER();
  if (used + n > totalBytes) return OUT_OF_MEMORY;
  void* block = aligned_alloc(256, (n + 255) / 256 * 256);
  std::memset(block, 0xff, n);
  *p = reinterpret_cast<uintptr_t>(block);
  blocks[*p] = n;
  used += n;
  return SUCCESS;
}
int cuMemFree_v2(uintptr_t p) {
  ENTER();
  auto b = blocks.find(p);
  // The driver would wait; the host code must have done so.
  if (b == blocks.end() || done != queued) return INVALID_VALUE;
  used -= b->second;
  blocks.erase(b);
  free(reinterpret_cast<void*>(p));
  return SUCCESS;
}
int cuMemGetInfo_v2(size_t* available, size_t* total) {
  ENTER();
  *available = totalBytes - used;
  *total = totalBytes;
  return SUCCESS;
}
int cuMemAllocHost_v2(void** p, size_t n) {
  ENTER();
  *p = aligned_alloc(4096, n);
  return SUCCESS;
}
int cuMemFreeHost(void* p) {
  free(p);
  return SUCCESS;
}
int cuMemcpyHtoDAsync_v2(uintptr_t to, const void* from, size_t n, void*) {
  ENTER();
  if (!inside(to, n)) return INVALID_VALUE;
  enqueue([=] { std::memcpy(reinterpret_cast<void*>(to), from, n); });
  return SUCCESS;
}
int cuMemcpyDtoHAsync_v2(void* to, uintptr_t from, size_t n, void*) {
  ENTER();
  if (!inside(from, n)) return INVALID_VALUE;
  enqueue([=] { std::memcpy(to, reinterpret_cast<void*>(from), n); });
  return SUCCESS;
}
int cuMemcpyDtoDAsync_v2(uintptr_t to, uintptr_t from, size_t n, void*) {
  ENTER();
  if (!inside(from, n) || !inside(to, n)) return INVALID_VALUE;
  enqueue([=] { std::memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), n); });
  return SUCCESS;
}
int cuMemsetD8Async(uintptr_t at, unsigned char v, size_t n, void*) {
  ENTER();
  if (!inside(at, n)) return INVALID_VALUE;
  enqueue([=] { std::memset(reinterpret_cast<void*>(at), v, n); });
  return SUCCESS;
}

int cuLinkCreate_v2(unsigned, int*, void**, void** state) {
  ENTER();
  *state = new Link;
  return SUCCESS;
}
int cuLinkAddData_v2(void* state, int type, void* data, size_t n, const char*, unsigned, int*,
                     void**) {
  ENTER();
  const char* text = static_cast<const char*>(data);
  if (type != 1 || n == 0 || text[n - 1] != 0) return INVALID_VALUE;
  if (!std::strstr(text, ".version 8.0")) return INVALID_PTX;
  static_cast<Link*>(state)->ptx = text;
  return SUCCESS;
}
int cuLinkComplete(void* state, void** cubin, size_t* n) {
  ENTER();
  Link* l = static_cast<Link*>(state);
  l->cubin = CUBIN + l->ptx;
  *cubin = l->cubin.data();
  *n = l->cubin.size() + 1;
  compiled++;
  return SUCCESS;
}
int cuLinkDestroy(void* state) {
  delete static_cast<Link*>(state);
  return SUCCESS;
}
int cuModuleLoadData(void** m, const void* image) {
  ENTER();
  const char* text = static_cast<const char*>(image);
  if (std::strncmp(text, CUBIN, sizeof CUBIN - 1) != 0) return INVALID_IMAGE;
  *m = new Module{text};
  return SUCCESS;
}
int cuModuleUnload(void* m) {
  delete static_cast<Module*>(m);
  return SUCCESS;
}
int cuModuleGetFunction(void** f, void* m, const char* name) {
  ENTER();
  const std::string entry = std::string(".entry ") + name + "(";
  if (static_cast<Module*>(m)->text.find(entry) == std::string::npos) return NOT_FOUND;
  for (void* l : libraries) {
    void* run = dlsym(l, (std::string("relata_host_") + name).c_str());
    void* size = dlsym(l, (std::string("relata_size_") + name).c_str());
    if (run) {
      *f = new Function{reinterpret_cast<decltype(Function::run)>(run),
                        reinterpret_cast<long long (*)()>(size)()};
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}
int cuLaunchKernel(void* function, unsigned x, unsigned y, unsigned z, unsigned block, unsigned,
                   unsigned, unsigned shared, void*, void** parameters, void**) {
  ENTER();
  Function f = *static_cast<Function*>(function);
  std::vector<char> bytes(static_cast<char*>(parameters[0]),
                          static_cast<char*>(parameters[0]) + f.size);
  // Every other launch runs its threads in descending order, as none is promised.
  const int descending = launches++ & 1;
  enqueue([=] {
    if (f.run(bytes.data(), x, y, z, block, shared, descending)) sticky = ILLEGAL_ADDRESS;
  });
  return SUCCESS;
}
int cuGetErrorString(int, const char** text) {
  *text = "said by the fake driver";
  return SUCCESS;
}
}
