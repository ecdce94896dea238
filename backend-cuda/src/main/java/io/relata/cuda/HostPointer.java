package io.relata.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/** JCuda's pointer to host memory outside the heap, from and to a number. */
final class HostPointer extends Pointer {
  /** To be set by the driver. */
  HostPointer() {}

  HostPointer(MemorySegment memory) {
    super(memory.address());
  }

  long address() {
    return getNativePointer();
  }

  /** What it points to. */
  @SuppressWarnings("restricted")
  MemorySegment segment(long bytes) {
    return MemorySegment.ofAddress(address()).reinterpret(bytes);
  }
}
