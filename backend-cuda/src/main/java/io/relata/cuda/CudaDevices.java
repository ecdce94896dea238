package io.relata.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.Supplier;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Asks the NVIDIA driver for its devices. */
final class CudaDevices implements Supplier<CudaDevices.Answer> {
  /** What the driver said. */
  sealed interface Answer {
    /** The driver's library cannot be loaded. */
    record NoDriver(String reason) implements Answer {}

    /** The driver is there but refuses. */
    record Refused(String reason) implements Answer {}

    /** The devices, at least one. */
    record Devices(int driverVersion, List<Device> devices) implements Answer {}
  }

  /**
   * One device.
   *
   * @param ordinal its number in the driver's order
   * @param sharedBytes most shared memory of a block without opting in
   */
  record Device(
      int ordinal,
      String name,
      int major,
      int minor,
      long bytes,
      int multiprocessors,
      int sharedBytes) {
    @Override
    public String toString() {
      return "%s (compute capability %d.%d, %d MiB)".formatted(name, major, minor, bytes >> 20);
    }
  }

  /** The driver's number as people write it, for instance 12.6. */
  static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** Loads the driver at the first call; never throws. */
  @Override
  public Answer get() {
    try {
      return ask();
    } catch (LinkageError e) {
      return new Answer.NoDriver(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } catch (RuntimeException e) {
      return new Answer.Refused(String.valueOf(e.getMessage()));
    }
  }

  private static Answer ask() {
    JCudaDriver.setExceptionsEnabled(false);
    int result = JCudaDriver.cuInit(0);
    int[] value = new int[1];
    if (result == CUresult.CUDA_SUCCESS) {
      result = JCudaDriver.cuDeviceGetCount(value);
    }
    if (result != CUresult.CUDA_SUCCESS) {
      return new Answer.Refused(CUresult.stringFor(result));
    }
    int count = value[0];
    if (count == 0) {
      return new Answer.Refused("the driver knows no device");
    }
    JCudaDriver.cuDriverGetVersion(value);
    int version = value[0];
    Device[] devices = new Device[count];
    for (int i = 0; i < count; i++) {
      devices[i] = device(i);
    }
    return new Answer.Devices(version, List.of(devices));
  }

  private static Device device(int ordinal) {
    CUdevice device = new CUdevice();
    JCudaDriver.cuDeviceGet(device, ordinal);
    byte[] name = new byte[128];
    JCudaDriver.cuDeviceGetName(name, name.length, device);
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    long[] bytes = new long[1];
    JCudaDriver.cuDeviceTotalMem(bytes, device);
    return new Device(
        ordinal,
        new String(name, 0, end, UTF_8),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        bytes[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK));
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    return value[0];
  }
}
