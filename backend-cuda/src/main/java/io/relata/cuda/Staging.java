package io.relata.cuda;

import static java.lang.Math.min;
import static jcuda.driver.CUevent_flags.CU_EVENT_DISABLE_TIMING;

import java.lang.foreign.MemorySegment;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Copies between host and device through two pinned buffers in turn: while the device copies one,
 * the host fills or empties the other. Small copies to the device line up in one buffer, so they
 * wait for nothing.
 */
final class Staging {
  /** Large enough that a copy runs at full speed, small enough to pin on any machine. */
  static final int BYTES = 4 << 20;

  private final CUstream stream;
  private final Buffer[] up = new Buffer[2];
  private final Buffer[] down = new Buffer[2];
  private int current;

  Staging(CUstream stream) {
    this.stream = stream;
  }

  private static final class Buffer {
    final HostPointer pointer = new HostPointer();
    final MemorySegment memory;
    final CUevent done = new CUevent();
    long used;
    boolean pending;

    Buffer() {
      Calls.check(JCudaDriver.cuMemAllocHost(pointer, BYTES), "allocation of pinned memory");
      memory = pointer.segment(BYTES);
      Calls.check(JCudaDriver.cuEventCreate(done, CU_EVENT_DISABLE_TIMING), "creation of an event");
    }

    void record(CUstream stream) {
      Calls.check(JCudaDriver.cuEventRecord(done, stream), "recording of an event");
      pending = true;
    }

    void await(String what) {
      if (pending) {
        Calls.check(JCudaDriver.cuEventSynchronize(done), what);
        pending = false;
      }
    }

    void free() {
      // Nothing can be done about a failure at the end.
      JCudaDriver.cuEventDestroy(done);
      JCudaDriver.cuMemFreeHost(pointer);
    }
  }

  private static Buffer buffer(Buffer[] pair, int i) {
    if (pair[i] == null) {
      pair[i] = new Buffer();
    }
    return pair[i];
  }

  /** Copies to the device; {@code host} may change as soon as this returns. */
  void copyIn(MemorySegment host, long to) {
    synchronized (up) {
      long total = host.byteSize();
      for (long at = 0; at < total; ) {
        Buffer b = buffer(up, current);
        if (b.used == BYTES) {
          b.record(stream);
          current = 1 - current;
          b = buffer(up, current);
          b.await("copy to the device");
          b.used = 0;
        }
        long bytes = min(total - at, BYTES - b.used);
        MemorySegment.copy(host, at, b.memory, b.used, bytes);
        Calls.check(
            JCudaDriver.cuMemcpyHtoDAsync(
                new DevicePointer(to + at), b.pointer.withByteOffset(b.used), bytes, stream),
            "copy to the device");
        at += bytes;
        // The next copy starts at a multiple of 64, where the device reads faster.
        b.used = min(BYTES, (b.used + bytes + 63) & -64);
      }
    }
  }

  /** Copies from the device, after all work so far. */
  void copyOut(long from, MemorySegment host) {
    synchronized (down) {
      long total = host.byteSize();
      long parts = (total + BYTES - 1) / BYTES;
      for (long part = 0; part <= parts; part++) {
        if (part < parts) {
          Buffer b = buffer(down, (int) (part & 1));
          long at = part * BYTES;
          Calls.check(
              JCudaDriver.cuMemcpyDtoHAsync(
                  b.pointer, new DevicePointer(from + at), min(total - at, BYTES), stream),
              "copy from the device");
          b.record(stream);
        }
        if (part > 0) {
          Buffer b = buffer(down, (int) (part - 1 & 1));
          b.await("copy from the device");
          long at = (part - 1) * BYTES;
          MemorySegment.copy(b.memory, 0, host, at, min(total - at, BYTES));
        }
      }
    }
  }

  void close() {
    for (Buffer[] pair : new Buffer[][] {up, down}) {
      for (int i = 0; i < 2; i++) {
        if (pair[i] != null) {
          pair[i].free();
          pair[i] = null;
        }
      }
    }
  }
}
