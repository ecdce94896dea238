package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tests' device promises to the tests. */
class ShimDeviceTest {
  private static ShimDevice device;

  @BeforeAll
  static void open() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    device = new ShimDevice();
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  private static float[] numbers(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i % 17 - 8;
    }
    return x;
  }

  private static long of(float[] x) {
    long address = device.memory().allocate(4L * x.length);
    device.copyIn(MemorySegment.ofArray(x), address);
    return address;
  }

  private static float[] read(long address, int n) {
    float[] x = new float[n];
    device.copyOut(address, MemorySegment.ofArray(x));
    return x;
  }

  private static void release(int n, long... addresses) {
    for (long a : addresses) {
      device.memory().release(a, 4L * n);
    }
  }

  @Test
  void argumentsAreLaidOutAsTheCompilerLaysOutTheStruct() {
    int n = 1000;
    long x = of(numbers(n));
    long y = of(new float[n]);
    device.launch(
        "probe_scale_f32",
        2,
        1,
        1,
        64,
        0,
        new Arguments().put(2.0).put(3).put(x).put(y).put((long) n));
    float[] expected = numbers(n);
    for (int i = 0; i < n; i++) {
      expected[i] = expected[i] * 2 + 3;
    }
    assertThat(read(y, n)).containsExactly(expected);
    release(n, x, y);
  }

  @Test
  void argumentsOfAnotherSizeThanTheStructAreRefused() {
    assertThatThrownBy(
            () ->
                device.launch(
                    "probe_scale_f32", 1, 1, 1, 32, 0, new Arguments().put(2.0).put(3).put(0L)))
        .hasMessageContaining("a struct of 40 bytes, the arguments have 24");
  }

  @ParameterizedTest
  @CsvSource({"1, 32", "3, 96", "2, 256", "2, 1024"})
  void shufflesAndBarriersMeet(int blocks, int threads) {
    int n = 5000;
    long x = of(numbers(n));
    long sums = of(new float[blocks]);
    for (int launch = 0; launch < 2; launch++) {
      device.launch(
          "probe_block_sum", blocks, 1, 1, threads, 0, new Arguments().put(x).put(sums).put(n));
      float expected = 0;
      for (float v : numbers(n)) {
        expected += v;
      }
      float sum = 0;
      for (float v : read(sums, blocks)) {
        sum += v;
      }
      assertThat(sum).isEqualTo(expected);
    }
    release(n, x);
    release(blocks, sums);
  }

  @Test
  void dynamicSharedMemoryIsTheBlocks() {
    long x = of(new float[] {1, 2, 3, 4});
    release(4, x);
    int n = 128;
    long in = of(numbers(n));
    long out = of(new float[n]);
    device.launch("probe_reverse", 2, 1, 1, 64, 256, new Arguments().put(in).put(out).put(n));
    float[] y = read(out, n);
    float[] numbers = numbers(n);
    for (int i = 0; i < n; i++) {
      assertThat(y[i]).isEqualTo(numbers[i / 64 * 64 + 63 - i % 64]);
    }
    release(n, in, out);
  }

  @Test
  void aBarrierThatSomeThreadsMissIsAnErrorAndTheNextLaunchWorks() {
    int n = 64;
    long x = of(numbers(n));
    Arguments arguments = new Arguments().put(x).put(x).put(n);
    assertThatThrownBy(() -> device.launch("probe_divergent", 1, 1, 1, 64, 0, arguments))
        .hasMessageContaining("probe_divergent: 32 of 64 threads")
        .hasMessageContaining("__syncthreads");
    device.launch("probe_block_sum", 1, 1, 1, 64, 0, arguments);
    release(n, x);
  }

  @Test
  void aMissingBarrierShowsInOneOfTwoOrders() {
    int n = 64;
    long x = of(numbers(n));
    long y = of(new float[n]);
    float[][] results = new float[2][];
    for (int i = 0; i < 2; i++) {
      device.launch("probe_race", 1, 1, 1, n, 4 * n, new Arguments().put(x).put(y).put(n));
      results[i] = read(y, n);
    }
    assertThat(results[0]).isNotEqualTo(results[1]);
    release(n, x, y);
  }

  @Test
  void whatIsWrittenBehindABlockIsFoundWhenItIsReleased() {
    ShimDevice own = new ShimDevice();
    long x = own.memory().allocate(400);
    own.launch("probe_overrun", 1, 1, 1, 32, 0, new Arguments().put(x).put(x).put(100));
    assertThatThrownBy(() -> own.memory().release(x, 400)).hasMessageContaining("after the block");
    own.close();
  }

  @Test
  void freshMemoryIsNotANumber() {
    long x = device.memory().allocate(64);
    assertThat(read(x, 16)).containsOnly(Float.NaN);
    release(16, x);
  }

  @Test
  void wrongLaunchesAreRefused() {
    Arguments none = new Arguments();
    assertThatThrownBy(() -> device.launch("probe_race", 1, 1, 1, 33, 0, none))
        .hasMessageContaining("33 threads");
    assertThatThrownBy(() -> device.launch("probe_race", 0, 1, 1, 32, 0, none))
        .hasMessageContaining("grid (0, 1, 1)");
    assertThatThrownBy(() -> device.launch("probe_race", 1, 1, 1, 32, 1 << 20, none))
        .hasMessageContaining("shared memory");
    assertThatThrownBy(() -> device.launch("nothing", 1, 1, 1, 32, 0, none))
        .hasMessageContaining("no kernel source has relata_host_nothing");
  }

  /** The nearer of the two floats around x whose lower halves are 0; of both the even one. */
  private static float upperHalf(float x) {
    int low = Float.floatToRawIntBits(x) & 0xffff_0000;
    int rest = Float.floatToRawIntBits(x) & 0xffff;
    boolean up = rest > 0x8000 || rest == 0x8000 && (low & 0x1_0000) != 0;
    return Float.intBitsToFloat(up ? low + 0x1_0000 : low);
  }

  @Test
  void sixteenBitTypesRoundAsIeeeSays() {
    float[] x = new float[4096];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 0x000f_f1f3 + 0x0001_0f00);
    }
    long in = of(x);
    long half = of(x);
    long bfloat = of(x);
    device.launch(
        "probe_half", 1, 1, 1, 256, 0, new Arguments().put(in).put(half).put(bfloat).put(x.length));
    float[] h = read(half, x.length);
    float[] b = read(bfloat, x.length);
    for (int i = 0; i < x.length; i++) {
      if (!Float.isNaN(x[i])) {
        assertThat(h[i]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(x[i])));
        assertThat(b[i]).isEqualTo(upperHalf(x[i]));
      } else {
        assertThat(h[i]).isNaN();
        assertThat(b[i]).isNaN();
      }
    }
    release(x.length, in, half, bfloat);
  }
}
