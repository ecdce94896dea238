package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.spi.Array;
import io.relata.spi.BackendOptions;
import io.relata.spi.MatmulCall;
import io.relata.spi.Probe;
import io.relata.spi.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The host code that talks to the driver, against a driver that stands in: addresses, lifetimes and
 * order of copies and launches, modules and their cache, errors. It runs through JCuda's own
 * natives; what no stand-in shows is whether a GPU agrees.
 */
class DriverDeviceTest {
  private static final CudaDevices.Device FACTS =
      new CudaDevices.Device(0, "Fake device 0", 8, 6, 256L << 20, 3, 49152);
  private static FakeDriver driver;

  @TempDir private Path cache;
  private DriverDevice device;

  @BeforeAll
  static void load() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: the driver's stand-in is not built");
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "JCuda has natives for x86-64 alone");
    driver = new FakeDriver();
  }

  @BeforeEach
  void open() {
    System.setProperty("relata.cuda.cache", cache.toString());
    device = opened();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
      assertThat(driver.blocks()).as("blocks that were not given back").isZero();
    }
    System.clearProperty("relata.cuda.cache");
    System.clearProperty("relata.cuda.sync");
  }

  private static DriverDevice opened() {
    return new DriverDevice(FACTS, 12040, new KernelIndex("probe_kernels.txt"));
  }

  private static byte[] noise(int n) {
    byte[] x = new byte[n];
    new SplittableRandom(n).nextBytes(x);
    return x;
  }

  private byte[] read(long at, int n) {
    byte[] x = new byte[n];
    device.copyOut(at, MemorySegment.ofArray(x));
    return x;
  }

  @Test
  void theProbeNamesDevicesAndDriver() {
    assertThat(new CudaBackendProvider().probe())
        .isEqualTo(
            new Probe.Available(
                "cuda:0 Fake device 0 (compute capability 8.6, 256 MiB), cuda:1 Fake device 1"
                    + " (compute capability 8.6, 256 MiB), driver for CUDA 12.4"));
    assertThat(new CudaBackendProvider().devices()).isEqualTo(2);
    try (var backend = new CudaBackendProvider().open(new BackendOptions(1, 1))) {
      assertThat(backend.id()).isEqualTo("cuda:1");
      assertThat(backend.description()).contains("Fake device 1", "CUDA 12.4");
    }
  }

  @Test
  void copiesOfEverySizeArriveWhateverWasQueuedBehindThem() {
    List<Long> addresses = new ArrayList<>();
    int[] sizes = {1, 3, 64, 1000, Staging.BYTES - 1, Staging.BYTES, 3 * Staging.BYTES + 17, 5};
    for (int size : sizes) {
      long at = device.memory().allocate(size);
      byte[] host = noise(size);
      device.copyIn(MemorySegment.ofArray(host), at);
      // The caller may write to its memory at once.
      Arrays.fill(host, (byte) 0);
      addresses.add(at);
    }
    for (int i = 0; i < sizes.length; i++) {
      assertThat(read(addresses.get(i), sizes[i])).isEqualTo(noise(sizes[i]));
      device.memory().release(addresses.get(i), sizes[i]);
    }
  }

  @Test
  void copiesAndZeroesOnTheDeviceKeepTheirOrder() {
    long x = device.memory().allocate(1000);
    long y = device.memory().allocate(1000);
    device.copyIn(MemorySegment.ofArray(noise(1000)), x);
    device.copy(x, y, 1000);
    device.zero(x, 500);
    byte[] expected = noise(1000);
    assertThat(read(y, 1000)).isEqualTo(expected);
    Arrays.fill(expected, 0, 500, (byte) 0);
    assertThat(read(x, 1000)).isEqualTo(expected);
    device.memory().release(x, 1000);
    device.memory().release(y, 1000);
  }

  @Test
  void scratchMemoryIsReusedAndGivenBackWhenMemoryIsShort() {
    long first;
    try (Device.Temporary t = device.temporary(100 << 20)) {
      first = t.address();
    }
    try (Device.Temporary t = device.temporary(100 << 20)) {
      assertThat(t.address()).isEqualTo(first);
    }
    assertThat(driver.used()).isGreaterThan(100 << 20);
    long x = device.memory().allocate(200 << 20);
    assertThat(driver.used()).isEqualTo(200 << 20);
    assertThatThrownBy(() -> device.memory().allocate(200 << 20))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining(" free on cuda:0");
    assertThat(device.memory().available()).isEqualTo(56 << 20);
    device.memory().release(x, 200 << 20);
  }

  private void fill(long at, float value, long n) {
    device.launch("probe_fill", 2, 1, 1, 64, 0, new Arguments().put(value).put(at).put(n));
  }

  /** A kernel that ends in an error. */
  private void broken(long at) {
    device.launch("probe_divergent", 1, 1, 1, 64, 0, new Arguments().put(at).put(at).put(0));
  }

  private static float[] floats(DriverDevice device, long at, int n) {
    float[] x = new float[n];
    device.copyOut(at, MemorySegment.ofArray(x));
    return x;
  }

  @Test
  void kernelsRunInOrderWithTheirOwnArguments() {
    long x = device.memory().allocate(4000);
    for (int i = 0; i < 10; i++) {
      fill(x + 400L * i, i, 100);
    }
    float[] all = floats(device, x, 1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(all[i]).isEqualTo(Math.floorDiv(i, 100));
    }
    device.memory().release(x, 4000);
  }

  @Test
  void anyThreadMayCall() throws Exception {
    int threads = 4;
    List<Future<float[]>> results = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int id = t;
        Callable<float[]> work =
            () -> {
              long x = device.memory().allocate(4000);
              for (int i = 0; i < 50; i++) {
                fill(x, 100 * id + i, 1000);
              }
              float[] read = floats(device, x, 1000);
              device.memory().release(x, 4000);
              return read;
            };
        results.add(pool.submit(work));
      }
      for (int t = 0; t < threads; t++) {
        assertThat(results.get(t).get()).containsOnly(100 * t + 49);
      }
    }
  }

  private static final class Block extends Storage {
    private final long address;

    Block(long address) {
      this.address = address;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long bytes() {
      return 1 << 20;
    }
  }

  /** Whole numbers, so that every order of sums gives the same. */
  private Array numbers(DType dtype, int first, long... dims) {
    Shape shape = Shape.of(dims);
    Array a = new Array(new Block(device.memory().allocate(1 << 20)), 0, dtype, shape);
    int n = (int) shape.size();
    float[] floats = new float[n];
    double[] doubles = new double[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (first + 7 * i) % 11 - 5;
      doubles[i] = floats[i];
    }
    device.copyIn(
        dtype == DType.FLOAT32 ? MemorySegment.ofArray(floats) : MemorySegment.ofArray(doubles),
        a.address());
    return a;
  }

  private double[] values(Array a) {
    double[] x = new double[(int) a.size()];
    if (a.dtype() == DType.FLOAT64) {
      device.copyOut(a.address(), MemorySegment.ofArray(x));
      return x;
    }
    float[] f = floats(device, a.address(), x.length);
    for (int i = 0; i < x.length; i++) {
      x[i] = f[i];
    }
    return x;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, false, false, 1", "FLOAT32, true, false, 1", "FLOAT32, false, true, 1",
    "FLOAT32, true, true, 1", "FLOAT64, false, true, 1", "FLOAT32, true, false, 3",
    "FLOAT64, false, true, 3", "FLOAT64, false, false, 3"
  })
  void productsByCublasAreThoseOfTheDefinition(DType dtype, boolean tx, boolean ty, int batch) {
    int m = 3;
    int n = 5;
    int k = 4;
    long[] dims = batch == 1 ? new long[0] : new long[] {batch};
    Array x = numbers(dtype, 1, with(dims, tx ? k : m, tx ? m : k));
    Array y = numbers(dtype, 2, with(dims, ty ? n : k, ty ? k : n));
    for (boolean accumulate : new boolean[] {false, true}) {
      Array out = numbers(dtype, 3, with(dims, m, n));
      double[] expected = accumulate ? values(out) : new double[batch * m * n];
      double[] vx = values(x);
      double[] vy = values(y);
      for (int b = 0; b < batch; b++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            for (int l = 0; l < k; l++) {
              expected[(b * m + i) * n + j] +=
                  vx[b * m * k + (tx ? l * m + i : i * k + l)]
                      * vy[b * k * n + (ty ? j * k + l : l * n + j)];
            }
          }
        }
      }
      assertThat(device.multiply(new MatmulCall(x, tx, y, ty, accumulate, out))).isTrue();
      assertThat(values(out)).isEqualTo(expected);
      device.memory().release(out.address(), 1 << 20);
    }
    device.memory().release(x.address(), 1 << 20);
    device.memory().release(y.address(), 1 << 20);
  }

  private static long[] with(long[] first, long... last) {
    long[] all = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, all, first.length, last.length);
    return all;
  }

  @Test
  void cublasCanBeForbiddenAndDoesNoEmptyProducts() {
    Array empty = numbers(DType.FLOAT32, 0, 0, 4);
    Array y = numbers(DType.FLOAT32, 0, 4, 5);
    Array out = numbers(DType.FLOAT32, 0, 0, 5);
    assertThat(device.multiply(new MatmulCall(empty, false, y, false, false, out))).isFalse();
    System.setProperty("relata.cuda.cublas", "false");
    try {
      Array x = numbers(DType.FLOAT32, 0, 2, 4);
      Array z = numbers(DType.FLOAT32, 0, 2, 5);
      assertThat(device.multiply(new MatmulCall(x, false, y, false, false, z))).isFalse();
      device.memory().release(x.address(), 1 << 20);
      device.memory().release(z.address(), 1 << 20);
    } finally {
      System.clearProperty("relata.cuda.cublas");
    }
    for (Array a : List.of(empty, y, out)) {
      device.memory().release(a.address(), 1 << 20);
    }
  }

  private Path cached() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }

  private void reopenAndFill() {
    device.close();
    device = opened();
    long x = device.memory().allocate(400);
    fill(x, 7, 100);
    assertThat(floats(device, x, 100)).containsOnly(7);
    device.memory().release(x, 400);
  }

  @Test
  void aModuleIsCompiledOnceAndADamagedFileIsReplaced() throws IOException {
    long before = driver.compiled();
    reopenAndFill();
    assertThat(driver.compiled()).isEqualTo(before + 1);
    assertThat(cached().getFileName().toString())
        .startsWith("sm_86-driver12040-")
        .endsWith(".cubin");
    reopenAndFill();
    assertThat(driver.compiled()).as("from the cache").isEqualTo(before + 1);
    byte[] bytes = Files.readAllBytes(cached());
    bytes[bytes.length / 2] ^= 1;
    Files.write(cached(), bytes);
    reopenAndFill();
    assertThat(driver.compiled()).as("damaged").isEqualTo(before + 2);
    Files.write(cached(), new byte[10]);
    reopenAndFill();
    assertThat(driver.compiled()).as("cut short").isEqualTo(before + 3);
    System.setProperty("relata.cuda.cache", "off");
    reopenAndFill();
    assertThat(driver.compiled()).as("off").isEqualTo(before + 4);
  }

  @Test
  void withoutWaitingAnErrorIsReportedLaterAndSaysHowToFindItsKernel() {
    long x = device.memory().allocate(256);
    broken(x);
    assertThatThrownBy(device::synchronize)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.BACKEND))
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS, said by the fake driver")
        .hasMessageContaining("this or of an earlier operation")
        .hasMessageContaining("-Drelata.cuda.sync=true");
    driver.heal();
    device.memory().release(x, 256);
  }

  @Test
  void waitingAfterEachNamesTheKernel() {
    device.close();
    System.setProperty("relata.cuda.sync", "true");
    device = opened();
    long x = device.memory().allocate(256);
    assertThatThrownBy(() -> broken(x))
        .hasMessageContaining("kernel ")
        .hasMessageNotContaining("earlier operation");
    driver.heal();
    device.memory().release(x, 256);
  }
}
