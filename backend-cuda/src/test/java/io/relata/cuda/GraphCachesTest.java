package io.relata.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.FeaturePlan;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Operand;
import io.relata.spi.Reducer;
import io.relata.spi.RowIndex;
import io.relata.spi.SpmmCall;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the graph kernels keep between calls, and when they let go of it. */
class GraphCachesTest extends GraphKernelFixture {

  @Test
  void whatWasMadeForAnObjectGoesWithIt() throws InterruptedException {
    List<String> released = new ArrayList<>();
    IdentityCache<Object, String> cache = new IdentityCache<>(released::add);
    Object kept = new Object();
    assertThat(cache.get(kept, _ -> "kept")).isEqualTo("kept");
    assertThat(cache.get(kept, _ -> "again")).isEqualTo("kept");
    assertThat(cache.get(new Object(), _ -> "gone")).isEqualTo("gone");
    for (int i = 0; i < 100 && released.isEmpty(); i++) {
      System.gc();
      Thread.sleep(20);
      cache.get(kept, _ -> "again");
    }
    assertThat(released).containsExactly("gone");
    cache.close();
    assertThat(released).containsExactly("gone", "kept");
  }

  @Test
  void equalIndicesOfOtherObjectsHaveOtherPlans() {
    DeviceGraph g = graph(DeviceGraph.hub(device, 30, 400, 1));
    RowIndex in = g.in;
    RowIndex same =
        new RowIndex(
            in.numRows(),
            in.numColumns(),
            in.numEdges(),
            in.offsets(),
            in.columns(),
            in.edgeIds(),
            in.blocks());
    GraphDevice kept = new GraphDevice(device, EARLY);
    assertThat(kept.plan(in)).isSameAs(kept.plan(in)).isNotSameAs(kept.plan(same));
    kept.close();
  }

  @Test
  void onlyRowsOverTheThresholdAreCut() {
    int threshold = EARLY.threshold();
    int[] dst =
        IntStream.concat(
                IntStream.range(0, threshold).map(_ -> 0),
                IntStream.range(0, threshold + 1).map(_ -> 1))
            .toArray();
    DeviceGraph g = graph(new DeviceGraph(device, "edge", 1, 2, new int[dst.length], dst));
    RowPlan counted =
        new RowPlan(
            device, new SplitRule(threshold, 16, 1), g.in.offsets().address(), 2, dst.length);
    assertThat(counted.longRows()).isEqualTo(1);
    assertThat(counted.chunks()).isEqualTo(3);
    counted.release();
  }

  @Test
  void morePlansThanAreKeptStayRight() {
    DeviceGraph g = graph(DeviceGraph.random(device, 6, 7, 30, 2));
    for (int round = 0; round < 2; round++) {
      for (int width = 1; width < 300; width += 1) {
        // Every output reads another number, so that the plan is no pattern.
        int size = width + 1;
        int[] turned = IntStream.range(0, size).map(j -> (j + 1) % size).toArray();
        int[] straight = IntStream.range(0, size).toArray();
        FeaturePlan plan =
            new FeaturePlan(Layout.GENERAL, size, size, 0, size, 1, turned, straight, straight);
        double[] x = halves(g.numSrc * size, width);
        Operand u = new Operand(numbers(DType.FLOAT64, x), Target.U);
        Array out = numbers(DType.FLOAT64, new double[g.numDst * size]);
        kernels.spmm(
            new SpmmCall(g.in, MessageOp.COPY, u, null, plan, Reducer.SUM, out, null, false));
        if (width % 50 == 1) {
          MessageOracle oracle =
              new MessageOracle(g, DType.FLOAT64, MessageOp.COPY, Target.U, x, null, null, plan);
          assertThat(read(out)).isEqualTo(oracle.reduce(Reducer.SUM, null).values());
        }
        done();
      }
    }
  }
}
