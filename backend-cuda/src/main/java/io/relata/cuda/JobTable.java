package io.relata.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The table of jobs of a kernel that does several things in one launch, an array of structs whose
 * members are all eight bytes wide or pairs of four.
 */
final class JobTable {
  private final ByteBuffer bytes;

  JobTable(int jobs, int bytesEach) {
    bytes = ByteBuffer.allocate(Math.multiplyExact(jobs, bytesEach)).order(ByteOrder.LITTLE_ENDIAN);
  }

  JobTable put(long value) {
    bytes.putLong(value);
    return this;
  }

  JobTable put(int value) {
    bytes.putInt(value);
    return this;
  }

  JobTable put(double value) {
    bytes.putDouble(value);
    return this;
  }

  /** Its copy on the device. */
  Device.Temporary on(Device device) {
    Device.Temporary copy = device.temporary(bytes.capacity());
    device.copyIn(MemorySegment.ofArray(bytes.array()), copy.address());
    return copy;
  }
}
