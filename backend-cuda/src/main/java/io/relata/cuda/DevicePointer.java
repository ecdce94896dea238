package io.relata.cuda;

import jcuda.driver.CUdeviceptr;

/** JCuda's device pointer from and to a number, which JCuda keeps to itself. */
final class DevicePointer extends CUdeviceptr {
  /** To be set by the driver. */
  DevicePointer() {}

  DevicePointer(long address) {
    // JCuda adds the offset to the pointer it starts from, here 0.
    super(new CUdeviceptr(), address);
  }

  long address() {
    return getNativePointer() + getByteOffset();
  }
}
