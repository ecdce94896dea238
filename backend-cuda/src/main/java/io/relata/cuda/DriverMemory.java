package io.relata.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import io.relata.spi.DeviceMemory;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.JCudaDriver;

/**
 * A device's memory from the driver. The pool above keeps blocks, so calls are rare; memory is
 * given back only after all work so far, which may still use it.
 */
final class DriverMemory implements DeviceMemory {
  private final DriverDevice device;
  private final long capacity;
  private final AtomicLong allocated = new AtomicLong();
  private volatile Runnable shortage = () -> {};

  DriverMemory(DriverDevice device, long total) {
    this.device = device;
    Long limit = Long.getLong("relata.memory.limit");
    this.capacity = limit != null && limit > 0 ? limit : total;
  }

  @Override
  public long allocate(long bytes) {
    device.enter();
    DevicePointer pointer = new DevicePointer();
    int result = JCudaDriver.cuMemAlloc(pointer, bytes);
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
      // Frees the runtime's cache, and with it our own.
      shortage.run();
      trim();
      result = JCudaDriver.cuMemAlloc(pointer, bytes);
    }
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfMemoryError(
          bytes + " bytes asked, " + available() + " free on " + device.id());
    }
    Calls.check(result, "allocation of " + bytes + " bytes");
    allocated.addAndGet(bytes);
    return pointer.address();
  }

  @Override
  public void release(long address, long bytes) {
    device.synchronize();
    Calls.check(JCudaDriver.cuMemFree(new DevicePointer(address)), "release of memory");
    allocated.addAndGet(-bytes);
  }

  @Override
  public long allocated() {
    return allocated.get();
  }

  @Override
  public void trim() {
    device.trimScratch();
  }

  @Override
  public void onShortage(Runnable free) {
    shortage = free;
  }

  @Override
  public long capacity() {
    return capacity;
  }

  @Override
  public long available() {
    device.enter();
    long[] free = new long[1];
    return JCudaDriver.cuMemGetInfo(free, new long[1]) == CUDA_SUCCESS ? free[0] : -1;
  }
}
