package io.relata.cuda;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.spi.Array;
import io.relata.spi.MatmulCall;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrix products by NVIDIA's library, on the device's stream. The library is optional: it must be
 * that of CUDA 12, and JCublas must be on the class path. With one stream its results are the same
 * bits every time on the same kind of device.
 */
final class Cublas implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cublas.class);

  private final cublasHandle handle = new cublasHandle();
  private final Pointer[] floats = {Pointer.to(new float[] {0}), Pointer.to(new float[] {1})};
  private final Pointer[] doubles = {Pointer.to(new double[] {0}), Pointer.to(new double[] {1})};

  private Cublas(CUstream stream) {
    JCublas2.setExceptionsEnabled(false);
    check(JCublas2.cublasCreate(handle), "cublasCreate");
    check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)), "cublasSetStream");
  }

  /**
   * The library on a stream of the current context; empty where it cannot be loaded, which one log
   * line says, or where {@code -Drelata.cuda.cublas=false} forbids it.
   */
  static Optional<Cublas> open(CUstream stream) {
    if (System.getProperty("relata.cuda.cublas", "true").strip().equals("false")) {
      LOG.info("Matrix products by Relata's own kernel: -Drelata.cuda.cublas=false");
      return Optional.empty();
    }
    try {
      Cublas cublas = new Cublas(stream);
      LOG.info("Matrix products by cuBLAS");
      return Optional.of(cublas);
    } catch (LinkageError | RuntimeException e) {
      LOG.info(
          "Matrix products by Relata's own kernel: cuBLAS of CUDA 12 does not load ({})",
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      LOG.debug("cuBLAS", e);
      return Optional.empty();
    }
  }

  private static void check(int status, String call) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw RelataException.of(ErrorId.BACKEND, "cuBLAS refuses: " + cublasStatus.stringFor(status))
          .where(call)
          .build();
    }
  }

  /** Whether its 32-bit sizes suffice and there is something to do. */
  static boolean fits(MatmulCall c) {
    return fits(c.x().shape()) && fits(c.y().shape()) && fits(c.out().shape());
  }

  private static boolean fits(Shape s) {
    for (long d : s.dims()) {
      if (d < 1 || d > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  /**
   * One product, or with arrays of three axes a batch of them. cuBLAS counts columns first, so our
   * rows are its columns: it computes the transposed result from the transposed operands in the
   * opposite order.
   */
  synchronized void multiply(MatmulCall c) {
    int axis = c.out().shape().rank() - 2;
    int m = (int) c.out().shape().dim(axis);
    int n = (int) c.out().shape().dim(axis + 1);
    int k = (int) c.x().shape().dim(axis + (c.transposeX() ? 0 : 1));
    int opX = operation(c.transposeX());
    int opY = operation(c.transposeY());
    int rowX = c.transposeX() ? m : k;
    int rowY = c.transposeY() ? k : n;
    Pointer x = pointer(c.x());
    Pointer y = pointer(c.y());
    Pointer out = pointer(c.out());
    boolean single = c.out().dtype() == DType.FLOAT32;
    Pointer[] numbers = single ? floats : doubles;
    Pointer one = numbers[1];
    Pointer old = numbers[c.accumulate() ? 1 : 0];
    int status;
    if (axis == 0) {
      status =
          single
              ? JCublas2.cublasSgemm(handle, opY, opX, n, m, k, one, y, rowY, x, rowX, old, out, n)
              : JCublas2.cublasDgemm(handle, opY, opX, n, m, k, one, y, rowY, x, rowX, old, out, n);
    } else {
      int count = (int) c.out().shape().dim(0);
      long strideX = (long) m * k;
      long strideY = (long) k * n;
      long strideOut = (long) m * n;
      status =
          single
              ? JCublas2.cublasSgemmStridedBatched(
                  handle, opY, opX, n, m, k, one, y, rowY, strideY, x, rowX, strideX, old, out, n,
                  strideOut, count)
              : JCublas2.cublasDgemmStridedBatched(
                  handle, opY, opX, n, m, k, one, y, rowY, strideY, x, rowX, strideX, old, out, n,
                  strideOut, count);
    }
    check(status, "matrix product " + c.x().shape() + " times " + c.y().shape());
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static Pointer pointer(Array a) {
    return new DevicePointer(a.address());
  }

  @Override
  public void close() {
    JCublas2.cublasDestroy(handle);
  }
}
