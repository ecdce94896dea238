package io.relata.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_TIMEOUT;
import static jcuda.driver.CUresult.CUDA_ERROR_MISALIGNED_ADDRESS;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import io.relata.ErrorId;
import io.relata.RelataException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Turns the driver's result codes into exceptions. */
final class Calls {
  private Calls() {}

  /** Nothing where {@code result} is success, else an exception that names the call. */
  static void check(int result, String call) {
    if (result != CUDA_SUCCESS) {
      throw failure(result, call, false);
    }
  }

  /**
   * What a failed call means. The device works behind the host: an error of a kernel is reported by
   * whatever call comes next, unless the kernel was waited for.
   */
  static RelataException failure(int result, String call, boolean waited) {
    RelataException.Builder b =
        RelataException.of(ErrorId.BACKEND, "The CUDA driver refuses: " + text(result)).where(call);
    if (!isOfKernel(result)) {
      return b.build();
    }
    return waited
        ? b.remedy("the device can no longer be used by this process; report this kernel").build()
        : b.found("an error of this or of an earlier operation, which ran behind the host")
            .remedy("run with -Drelata.cuda.sync=true, which waits for each and names the one")
            .build();
  }

  private static boolean isOfKernel(int result) {
    return switch (result) {
      case CUDA_ERROR_ILLEGAL_ADDRESS,
          CUDA_ERROR_LAUNCH_FAILED,
          CUDA_ERROR_LAUNCH_TIMEOUT,
          CUDA_ERROR_MISALIGNED_ADDRESS ->
          true;
      // CUDA_ERROR_HARDWARE_STACK_ERROR to CUDA_ERROR_INVALID_PC, and an assertion.
      default -> result >= 710 && result <= 718;
    };
  }

  /** The code's name and the driver's sentence for it. */
  static String text(int result) {
    String[] sentence = new String[1];
    JCudaDriver.cuGetErrorString(result, sentence);
    return CUresult.stringFor(result) + (sentence[0] == null ? "" : ", " + sentence[0]);
  }
}
