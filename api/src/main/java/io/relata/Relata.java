package io.relata;

import io.relata.spi.Array;
import io.relata.spi.Backend;
import io.relata.spi.KernelProvider;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The runtime: one backend, its memory, and the source of random numbers. Open it with {@link
 * #open()}, or have it injected by installing {@link RelataBindings} in a Guice injector. Tensors
 * of different runtimes do not mix; {@link Tensor#to(Relata)} copies. All methods may be called
 * from several threads.
 */
public final class Relata implements AutoCloseable {
  private final Backend backend;
  private final List<KernelProvider> plugins;
  private final BlockPool pool;
  private final Kernels kernels;
  private final SpmmTable spmm;
  private final ThreadLocal<Scope> scope = new ThreadLocal<>();
  private final AtomicLong stream = new AtomicLong();
  private volatile long seed;

  Relata(Backend backend, List<KernelProvider> plugins) {
    this.backend = backend;
    this.plugins = List.copyOf(plugins);
    this.pool = new BlockPool(backend.memory(), backend.id());
    this.kernels = new Kernels(this, backend);
    this.spmm = new SpmmTable(backend, this.plugins);
  }

  /**
   * Opens the best backend on the class path: the available one of the highest priority, or the one
   * that {@code -Drelata.backend} or the environment variable {@code RELATA_BACKEND} names.
   *
   * @throws RelataException with id BACKEND when none works here, with every reason
   */
  public static Relata open() {
    return BackendChoice.fromClassPath().open(null);
  }

  /**
   * Opens the named backend, whatever the properties say: {@code "cpu"}, {@code "cuda"}, or {@code
   * "cuda:1"} for one of several devices.
   */
  public static Relata open(String backend) {
    return BackendChoice.fromClassPath().open(backend);
  }

  /** All that a bug report needs: Java, machine, backends with reasons, plugins, settings. */
  public static String diagnose() {
    return BackendChoice.fromClassPath().diagnose();
  }

  // ---- tensors from data ----

  /**
   * A FLOAT32 tensor with these elements in row-major order; shape (data.length) where none is
   * given.
   */
  public Tensor tensor(float[] data, long... shape) {
    return fromHost(MemorySegment.ofArray(data), DType.FLOAT32, data.length, shape);
  }

  /** A FLOAT64 tensor with these elements in row-major order. */
  public Tensor tensor(double[] data, long... shape) {
    return fromHost(MemorySegment.ofArray(data), DType.FLOAT64, data.length, shape);
  }

  /** An INT32 tensor with these elements in row-major order. */
  public Tensor tensor(int[] data, long... shape) {
    return fromHost(MemorySegment.ofArray(data), DType.INT32, data.length, shape);
  }

  /** An INT64 tensor with these elements in row-major order. */
  public Tensor tensor(long[] data, long... shape) {
    return fromHost(MemorySegment.ofArray(data), DType.INT64, data.length, shape);
  }

  /** A BOOL tensor with these elements in row-major order. */
  public Tensor tensor(boolean[] data, long... shape) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) (data[i] ? 1 : 0);
    }
    return fromHost(MemorySegment.ofArray(bytes), DType.BOOL, data.length, shape);
  }

  /** A FLOAT32 tensor (rows, columns) from an array of equally long rows. */
  public Tensor tensor(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] flat = new float[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw RelataException.of(ErrorId.SHAPE, "The rows have different lengths")
            .expected(columns + " numbers, as in row 0")
            .found(rows[i].length + " in row " + i)
            .build();
      }
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return tensor(flat, rows.length, columns);
  }

  /**
   * A tensor over memory that somebody else owns, in this backend's address space; it keeps the
   * array's storage reachable and never frees it. For bridges to other libraries.
   */
  public Tensor wrap(Array memory) {
    return new Tensor(this, memory);
  }

  private Tensor fromHost(MemorySegment host, DType dtype, long count, long[] dims) {
    Shape shape = dims.length == 0 ? Shape.of(count) : Shape.of(dims);
    if (shape.size() != count) {
      throw RelataException.of(ErrorId.SHAPE, "The data do not fill the shape")
          .expected(shape.size() + " numbers for shape " + shape)
          .found(count + " numbers")
          .build();
    }
    Tensor t = empty(dtype, shape);
    backend.copyIn(host, t.array());
    return t;
  }

  /** A scalar of the given type. */
  public Tensor scalar(double value, DType dtype) {
    return full(value, dtype);
  }

  // ---- tensors from a rule ----

  /** A tensor whose content is undefined until something writes it. */
  public Tensor empty(DType dtype, Shape shape) {
    BlockPool.Block block = pool.allocate(shape.size() * dtype.bytes());
    Scope s = scope.get();
    if (s != null) {
      s.adopt(block);
    }
    return new Tensor(this, new Array(block, 0, dtype, shape));
  }

  /** Zeros. */
  public Tensor zeros(DType dtype, long... shape) {
    return full(0, dtype, shape);
  }

  /** FLOAT32 zeros. */
  public Tensor zeros(long... shape) {
    return full(0, DType.FLOAT32, shape);
  }

  /** FLOAT32 ones. */
  public Tensor ones(long... shape) {
    return full(1, DType.FLOAT32, shape);
  }

  /** Every element {@code value}. */
  public Tensor full(double value, DType dtype, long... shape) {
    Tensor t = empty(dtype, Shape.of(shape));
    kernels.fill(t, value);
    return t;
  }

  /** start, start + 1, … below end. */
  public Tensor arange(long start, long end, DType dtype) {
    Tensor t = empty(dtype, Shape.of(Math.max(0, end - start)));
    kernels.range(t, start, 1);
    return t;
  }

  /** Uniform in [0, 1), FLOAT32. */
  public Tensor rand(long... shape) {
    return uniform(0, 1, DType.FLOAT32, shape);
  }

  /** Standard normal, FLOAT32. */
  public Tensor randn(long... shape) {
    return normal(0, 1, DType.FLOAT32, shape);
  }

  /** Uniform in [low, high). */
  public Tensor uniform(double low, double high, DType dtype, long... shape) {
    requireFloating(dtype);
    Tensor t = empty(dtype, Shape.of(shape));
    kernels.uniform(seed, nextStream(), low, high, t);
    return t;
  }

  /** Normal with the given mean and standard deviation. */
  public Tensor normal(double mean, double deviation, DType dtype, long... shape) {
    requireFloating(dtype);
    Tensor t = empty(dtype, Shape.of(shape));
    kernels.normal(seed, nextStream(), mean, deviation, t);
    return t;
  }

  private static void requireFloating(DType dtype) {
    if (!dtype.isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "Random numbers are floating-point")
          .expected("FLOAT32 or FLOAT64")
          .found(dtype.toString())
          .build();
    }
  }

  // ---- random numbers ----

  /**
   * Starts the random numbers anew. The same seed gives the same numbers in the same order of
   * calls, on every backend and with any number of threads.
   */
  public void seed(long value) {
    seed = value;
    stream.set(0);
  }

  long seed() {
    return seed;
  }

  long nextStream() {
    return stream.getAndIncrement();
  }

  // ---- memory ----

  /** Opens a scope on this thread; see {@link Scope}. */
  public Scope scope() {
    Scope s = new Scope(this, scope.get());
    scope.set(s);
    return s;
  }

  void leave(Scope s) {
    if (scope.get() == s) {
      Scope around = s.openParent();
      if (around == null) {
        scope.remove();
      } else {
        scope.set(around);
      }
    }
  }

  /** Runs {@code body} outside any scope, so that what it makes lives until unreachable. */
  public void unscoped(Runnable body) {
    Scope s = scope.get();
    scope.remove();
    try {
      body.run();
    } finally {
      if (s != null) {
        scope.set(s);
      }
    }
  }

  /** What the pool holds. */
  public MemoryStats memory() {
    return pool.stats();
  }

  /** Lets {@link MemoryStats#peak} start anew from what is live. */
  public void resetPeakMemory() {
    pool.resetPeak();
  }

  /** Gives cached memory back to the system. */
  public void trimMemory() {
    pool.trim();
  }

  BlockPool pool() {
    return pool;
  }

  // ---- backend ----

  /** The backend, for authors of operations. */
  public Backend backend() {
    return backend;
  }

  /** Chooses and runs sparse-product kernels, for authors of operations. */
  public SpmmTable spmm() {
    return spmm;
  }

  Kernels kernels() {
    return kernels;
  }

  /**
   * Which kernel was chosen for each sparse product so far, a line each: the backend's, or a
   * plugin's with its priority and whom it displaced.
   */
  public String explain() {
    return spmm.explain();
  }

  /** Frees all memory; every tensor of this runtime is unusable afterwards. */
  @Override
  public void close() {
    pool.close();
    backend.close();
  }

  @Override
  public String toString() {
    return "Relata(" + backend.id() + ": " + backend.description() + ")";
  }
}
