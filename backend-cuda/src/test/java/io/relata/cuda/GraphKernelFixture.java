package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The kernels on the tests' device, with rows cut early, and what the tests of them share. */
abstract class GraphKernelFixture {
  /** So that graphs of a few hundred edges have long rows of several chunks. */
  static final SplitRule EARLY = new SplitRule(40, 16, 1 << 20);

  static final List<Integer> WIDTHS = List.of(1, 2, 3, 7, 16, 17, 33, 64, 100, 257);

  ShimDevice device;
  CudaGraphKernels kernels;
  private final List<Array> arrays = new ArrayList<>();
  private final List<DeviceGraph> graphs = new ArrayList<>();

  @BeforeEach
  void open() {
    assumeTrue(ShimDevice.isPossible(), "no g++ on the PATH: kernels cannot be compiled for tests");
    device = new ShimDevice();
    kernels = new CudaGraphKernels(device, new KnownIntegers(), EARLY);
  }

  @AfterEach
  void close() {
    if (device != null) {
      kernels.close();
      done();
      graphs.forEach(DeviceGraph::release);
      // Releasing checks the fences of every block.
      assertThat(device.blocks()).as("blocks that nobody released").isZero();
      device.close();
    }
  }

  DeviceGraph graph(DeviceGraph g) {
    graphs.add(g);
    return g;
  }

  /** Hubs, shuffled ids, slots that are ids, and little or nothing at all. */
  List<DeviceGraph> patterns() {
    return List.of(
        graph(DeviceGraph.hub(device, 30, 400, 1)),
        graph(DeviceGraph.random(device, 40, 50, 300, 2)),
        graph(DeviceGraph.sorted(device, 25, 20, 350, 3)),
        graph(new DeviceGraph(device, "one", 1, 1, new int[] {0}, new int[] {0})),
        graph(new DeviceGraph(device, "none", 4, 5, new int[0], new int[0])));
  }

  Array numbers(DType type, double... values) {
    return keep(DeviceGraph.numbers(device, type, values));
  }

  Array ints(int... values) {
    return keep(DeviceGraph.ints(device, values));
  }

  Array keep(Array array) {
    arrays.add(array);
    return array;
  }

  double[] read(Array array) {
    return DeviceGraph.read(device, array);
  }

  /** Frees the arrays so far. */
  void done() {
    arrays.forEach(a -> DeviceGraph.release(device, a));
    arrays.clear();
  }

  static int rows(DeviceGraph g, Target target) {
    return switch (target) {
      case U -> g.numSrc;
      case V -> g.numDst;
      case E -> g.numEdges();
    };
  }

  /** Multiples of 1/2 up to 2, so that sums are exact and ties are many; never 0. */
  static double[] halves(int n, long seed) {
    Random r = new Random(seed);
    return r.ints(n, 1, 9).mapToDouble(i -> i <= 4 ? i / 2.0 : (4 - i) / 2.0).toArray();
  }

  static double[] normal(int n, long seed) {
    Random r = new Random(seed);
    return IntStream.range(0, n).mapToDouble(_ -> r.nextGaussian()).toArray();
  }

  /** A plan of about {@code width} positions. */
  static FeaturePlan plan(Layout layout, int width, int inner) {
    int n = width * inner;
    return switch (layout) {
      case SAME -> new FeaturePlan(layout, width, width, width, width, 1, null, null, null);
      case LHS_GROUPED -> new FeaturePlan(layout, n, width, n, n, inner, null, null, null);
      case RHS_GROUPED -> new FeaturePlan(layout, n, n, width, n, inner, null, null, null);
      case OUT_GROUPED -> new FeaturePlan(layout, n, n, n, width, inner, null, null, null);
      case GENERAL ->
          // (width, 1) with (1, inner), of which every output sums the positions of one width.
          new FeaturePlan(
              layout,
              n,
              width,
              inner,
              width,
              1,
              IntStream.range(0, n).map(j -> j / inner).toArray(),
              IntStream.range(0, n).map(j -> j % inner).toArray(),
              IntStream.range(0, n).map(j -> j % width).toArray());
    };
  }

  static double tolerance(DType type) {
    return switch (type) {
      case FLOAT64 -> 1e-13;
      case FLOAT16 -> 0x1p-10;
      case BFLOAT16 -> 0x1p-7;
      default -> 2e-6;
    };
  }

  /** Differences up to the tolerance times what was added up. */
  static void assertClose(
      double[] found, double[] expected, double[] magnitudes, double tolerance, String what) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      double scale = magnitudes == null ? Math.abs(expected[i]) + 1e-3 : magnitudes[i];
      boolean same = Double.compare(found[i] + 0.0, expected[i] + 0.0) == 0;
      if (!same && !(Math.abs(found[i] - expected[i]) <= tolerance * scale)) {
        assertThat(found[i]).as(what + ", element " + i).isEqualTo(expected[i]);
      }
    }
  }
}
