package io.relata.cuda;

import static jcuda.driver.CUresult.CUDA_SUCCESS;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.spi.DeviceMemory;
import io.relata.spi.MatmulCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A GPU through the NVIDIA driver: its primary context, which libraries in the process share, and
 * one stream of our own. Everything but {@link #copyOut} and {@link #synchronize} only queues work.
 * {@code -Drelata.cuda.sync=true} waits after each launch and names the kernel that failed.
 */
final class DriverDevice implements Device {
  private final CudaDevices.Device facts;
  private final String description;
  private final boolean sync = Boolean.getBoolean("relata.cuda.sync");
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final DriverMemory memory;
  private final Scratch scratch;
  private final Staging staging;
  private final Modules modules;
  private final ThreadLocal<Parameters> parameters = ThreadLocal.withInitial(Parameters::new);
  private Optional<Cublas> cublas;
  private volatile boolean closed;

  /** A launch's struct outside the heap, and the one-element list of pointers that names it. */
  private static final class Parameters {
    static final int MOST = 4096;
    final MemorySegment memory = Arena.ofAuto().allocate(MOST + 16, 16);
    final HostPointer list = new HostPointer(memory);

    Parameters() {
      memory.set(ValueLayout.JAVA_LONG, 0, memory.address() + 16);
    }

    void set(Arguments arguments) {
      ByteBuffer bytes = arguments.bytes();
      MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, memory, 16, bytes.remaining());
    }
  }

  DriverDevice(CudaDevices.Device facts, int driverVersion) {
    this(facts, driverVersion, new KernelIndex());
  }

  DriverDevice(CudaDevices.Device facts, int driverVersion, KernelIndex index) {
    this.facts = facts;
    this.description = facts + ", driver for CUDA " + CudaDevices.version(driverVersion);
    JCudaDriver.setExceptionsEnabled(false);
    Calls.check(JCudaDriver.cuDeviceGet(device, facts.ordinal()), "choice of " + id());
    Calls.check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "context of " + id());
    enter();
    Calls.check(
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "creation of a stream");
    memory = new DriverMemory(this, facts.bytes());
    scratch = new Scratch(memory);
    staging = new Staging(stream);
    modules =
        new Modules(
            index,
            new CubinCache(
                CubinCache.folder(System.getProperties(), System.getenv()),
                "sm_%d%d-driver%d".formatted(facts.major(), facts.minor(), driverVersion)));
  }

  /** Makes the context current on the calling thread; any thread may call, until it is closed. */
  void enter() {
    if (closed) {
      throw RelataException.of(ErrorId.LIFETIME, "The device is closed")
          .where(id())
          .remedy("close the runtime after everything that uses it")
          .build();
    }
    Calls.check(JCudaDriver.cuCtxSetCurrent(context), "choice of " + id());
  }

  void trimScratch() {
    scratch.trim();
  }

  @Override
  public String id() {
    return "cuda:" + facts.ordinal();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public int multiprocessors() {
    return facts.multiprocessors();
  }

  @Override
  public int sharedBytesPerBlock() {
    return facts.sharedBytes();
  }

  @Override
  public void copyIn(MemorySegment host, long to) {
    enter();
    staging.copyIn(host, to);
  }

  @Override
  public void copyOut(long from, MemorySegment host) {
    enter();
    staging.copyOut(from, host);
  }

  @Override
  public void copy(long from, long to, long bytes) {
    if (bytes > 0) {
      enter();
      Calls.check(
          JCudaDriver.cuMemcpyDtoDAsync(
              new DevicePointer(to), new DevicePointer(from), bytes, stream),
          "copy on the device");
      finish("copy on the device");
    }
  }

  @Override
  public void zero(long at, long bytes) {
    if (bytes > 0) {
      enter();
      Calls.check(
          JCudaDriver.cuMemsetD8Async(new DevicePointer(at), (byte) 0, bytes, stream),
          "zeroing of memory");
      finish("zeroing of memory");
    }
  }

  @Override
  public Temporary temporary(long bytes) {
    enter();
    try {
      return scratch.take(bytes);
    } catch (OutOfMemoryError e) {
      throw RelataException.of(ErrorId.OUT_OF_MEMORY, "Out of memory on " + id())
          .expected(bytes + " bytes of scratch memory for a kernel")
          .found(memory.available() + " free on the device, with all caches freed")
          .remedy("close scopes earlier, or use smaller batches")
          .cause(e)
          .build();
    }
  }

  @Override
  public void launch(
      String kernel,
      int gridX,
      int gridY,
      int gridZ,
      int block,
      int sharedBytes,
      Arguments arguments) {
    Device.checkLaunch(kernel, gridX, gridY, gridZ, block, sharedBytes, sharedBytesPerBlock());
    enter();
    Parameters p = parameters.get();
    p.set(arguments);
    // The driver copies the struct before it returns.
    int result =
        JCudaDriver.cuLaunchKernel(
            modules.function(kernel),
            gridX,
            gridY,
            gridZ,
            block,
            1,
            1,
            sharedBytes,
            stream,
            p.list,
            null);
    if (result != CUDA_SUCCESS) {
      throw Calls.failure(result, "kernel " + kernel, false);
    }
    if (sync) {
      finish("kernel " + kernel);
    }
  }

  @Override
  public boolean multiply(MatmulCall call) {
    if (!Cublas.fits(call)) {
      return false;
    }
    enter();
    Optional<Cublas> library = cublas();
    library.ifPresent(c -> c.multiply(call));
    finish("matrix product by cuBLAS");
    return library.isPresent();
  }

  /** Opened by the first product. */
  private synchronized Optional<Cublas> cublas() {
    if (cublas == null) {
      cublas = Cublas.open(stream);
    }
    return cublas;
  }

  private void finish(String what) {
    if (sync) {
      int result = JCudaDriver.cuStreamSynchronize(stream);
      if (result != CUDA_SUCCESS) {
        throw Calls.failure(result, what, true);
      }
    }
  }

  @Override
  public void synchronize() {
    enter();
    Calls.check(JCudaDriver.cuStreamSynchronize(stream), "wait for the device");
  }

  @Override
  public void close() {
    if (!closed) {
      enter();
      JCudaDriver.cuStreamSynchronize(stream);
      if (cublas != null) {
        cublas.ifPresent(Cublas::close);
      }
      scratch.trim();
      staging.close();
      modules.close();
      JCudaDriver.cuStreamDestroy(stream);
      JCudaDriver.cuDevicePrimaryCtxRelease(device);
      closed = true;
    }
  }
}
