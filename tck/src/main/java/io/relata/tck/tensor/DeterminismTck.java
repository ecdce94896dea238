package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.Affine;
import io.relata.DType;
import io.relata.Nonlinearity;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.graph.SegmentOps;
import io.relata.graph.Segments;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.tck.graph.TestGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Same inputs and same seed give the same bits, whatever the number of threads. */
public abstract class DeterminismTck extends RelataTck {
  private static final int[] THREADS = {1, 2, 3, 8};

  private Relata open(int threads) {
    String before = System.getProperty("relata.threads");
    System.setProperty("relata.threads", Integer.toString(threads));
    try {
      return open();
    } finally {
      if (before == null) {
        System.clearProperty("relata.threads");
      } else {
        System.setProperty("relata.threads", before);
      }
    }
  }

  /** Something that fills in named results. */
  private interface Computation {
    void run(Relata r, Map<String, Tensor> results);
  }

  private void sameBitsOnAnyNumberOfThreads(Computation computation) {
    Map<String, int[]> first = null;
    for (int threads : THREADS) {
      for (int again = 0; again < 2; again++) {
        Map<String, int[]> bits = new LinkedHashMap<>();
        try (Relata r = open(threads)) {
          r.seed(42);
          Map<String, Tensor> results = new LinkedHashMap<>();
          computation.run(r, results);
          results.forEach((name, t) -> bits.put(name, bits(t)));
        }
        if (first == null) {
          first = bits;
        }
        for (String name : first.keySet()) {
          assertThat(Arrays.equals(bits.get(name), first.get(name)))
              .as("%s on %d threads, run %d", name, threads, again)
              .isTrue();
        }
      }
    }
  }

  private static int[] bits(Tensor t) {
    if (t.dtype() == DType.FLOAT32) {
      float[] values = t.toFloatArray();
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(values[i]);
      }
      return bits;
    }
    double[] values = t.toDoubleArray();
    int[] bits = new int[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      long b = Double.doubleToRawLongBits(values[i]);
      bits[2 * i] = (int) b;
      bits[2 * i + 1] = (int) (b >> 32);
    }
    return bits;
  }

  @Test
  void randomNumbersDependOnTheSeedAlone() {
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          results.put("rand", r.rand(100_003));
          results.put("randn", r.randn(100_003));
          results.put("uniform", r.uniform(-3, 5, DType.FLOAT64, 333, 7));
          results.put("normal", r.normal(1, 2, DType.FLOAT64, 50_001));
          results.put("dropout", r.ones(100_003).dropout(0.4));
        });
  }

  @Test
  void theSeedStartsTheSequenceAnewAndCallsDiffer() {
    relata.seed(1);
    float[] a = relata.rand(99).toFloatArray();
    float[] b = relata.rand(99).toFloatArray();
    relata.seed(1);
    assertThat(relata.rand(99).toFloatArray()).isEqualTo(a).isNotEqualTo(b);
    assertThat(relata.rand(99).toFloatArray()).isEqualTo(b);
    relata.seed(2);
    assertThat(relata.rand(99).toFloatArray()).isNotEqualTo(a);
  }

  @Test
  void reductionsOfManyElements() {
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          Tensor x = r.randn(130_003);
          results.put("sum", x.sum());
          results.put("mean", x.mean());
          results.put("norm", x.norm());
          results.put("var", x.var(0, true));
          results.put("logSumExp", x.logSumExp(0));
          results.put("softmax", x.softmax(0));
          Tensor m = r.normal(0, 1, DType.FLOAT64, 20_011, 7);
          results.put("columns", m.sum(0, false));
          results.put("rows", m.sum(1, false));
          results.put("column softmax", m.softmax(0));
          Tensor index = r.rand(60_000).mul(50).to(DType.INT32);
          results.put("indexAdd", r.zeros(50, 3).indexAdd(index, r.randn(60_000, 3)));
        });
  }

  @Test
  void theDensePartOfALayer() {
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Tensor x = r.normal(0, 1, dtype, 3_001, 40);
            Tensor w = r.normal(0, 1, dtype, 40, 33).requiresGrad(true);
            Tensor b = r.normal(0, 1, dtype, 33).requiresGrad(true);
            Tensor h =
                new Affine().product(x, w).product(x.mul(2), w).bias(b).apply(Nonlinearity.elu(1));
            h.backward(r.normal(0, 1, dtype, 3_001, 33));
            results.put(dtype + " result", h);
            results.put(dtype + " weight", w.grad());
            results.put(dtype + " bias", b.grad());
          }
        });
  }

  @Test
  void matrixProductsOfAwkwardSizes() {
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          int[][] sizes = {
            {1, 999, 1}, {257, 129, 65}, {1000, 33, 7}, {3, 2000, 3}, {611, 13, 300}
          };
          for (int[] s : sizes) {
            String name = Arrays.toString(s);
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
              Tensor x = r.normal(0, 1, dtype, s[0], s[1]);
              Tensor y = r.normal(0, 1, dtype, s[1], s[2]);
              results.put(name + dtype, x.matmul(y));
              results.put(name + dtype + " transposed", y.matmul(true, x, true));
            }
          }
          results.put("batch", r.randn(9, 31, 17).matmul(r.randn(9, 17, 5)));
        });
  }

  @Test
  void aModelForwardsAndBackwardsOnAGraphWithAHub() {
    TestGraph graph = TestGraph.hub(5, 3_001, 50_000);
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          Adjacency g = graph.on(r);
          Tensor x = r.randn(3_001, 33).requiresGrad(true);
          Tensor w = r.randn(33, 19).mul(0.2).requiresGrad(true);
          Tensor e = r.randn(50_000, 1).requiresGrad(true);
          Tensor h = x.matmul(w);
          Tensor score = GraphOps.gsddmm(g, MessageOp.DOT, Arg.u(h), Arg.v(h)).add(e);
          Tensor a = GraphOps.edgeSoftmax(g, score);
          Tensor sum = GraphOps.gspmm(g, MessageOp.MUL, Reducer.SUM, Arg.u(h), Arg.e(a));
          Tensor mean = GraphOps.copyReduce(g, Reducer.MEAN, Arg.u(h));
          Tensor max = GraphOps.gspmm(g, MessageOp.SUB, Reducer.MAX, Arg.u(h), Arg.v(h));
          Tensor out = sum.add(mean).add(max).dropout(0.2).logSoftmax(1);
          out.mean().backward();
          Segments whole = Segments.of(r, 50_000);
          for (Reducer reducer : Reducer.values()) {
            results.put("readout " + reducer, SegmentOps.segmentReduce(whole, reducer, e).detach());
          }
          results.put("h", h.detach());
          results.put("score", score.detach());
          results.put("attention", a.detach());
          results.put("sum", sum.detach());
          results.put("mean", mean.detach());
          results.put("max", max.detach());
          results.put("out", out.detach());
          results.put("dx", x.grad());
          results.put("dw", w.grad());
          results.put("de", e.grad());
        });
  }

  @Test
  void attentionOnAGraphWithAHub() {
    TestGraph graph = TestGraph.hub(7, 3_001, 50_000);
    sameBitsOnAnyNumberOfThreads(
        (r, results) -> {
          Adjacency g = graph.on(r);
          for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            for (int heads : new int[] {1, 4, 5}) {
              Tensor u = r.normal(0, 1, dtype, 3_001, heads).requiresGrad(true);
              Tensor v = r.normal(0, 1, dtype, 3_001, heads).requiresGrad(true);
              Tensor x = r.normal(0, 1, dtype, 3_001, heads, 8).requiresGrad(true);
              Tensor out = GraphOps.attention(g, u, v, null, 0.2, x);
              out.square().sum().backward();
              String name = heads + " heads, " + dtype + ", ";
              results.put(name + "out", out.detach());
              results.put(name + "du", u.grad());
              results.put(name + "dv", v.grad());
              results.put(name + "dx", x.grad());
            }
          }
        });
  }

  @Test
  void compiledKernelsGiveTheBitsOfInterpretedOnes() {
    relata.seed(9);
    Map<String, Supplier<Tensor>> operations = new LinkedHashMap<>();
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor x = relata.uniform(0.1, 2, dtype, 7, 35);
      Tensor y = relata.uniform(-1, 1, dtype, 35, 5);
      operations.put("exp " + dtype, x::exp);
      operations.put("expm1 " + dtype, x::expm1);
      operations.put("log " + dtype, x::log);
      operations.put("log1p " + dtype, x::log1p);
      operations.put("tanh " + dtype, x::tanh);
      operations.put("sigmoid " + dtype, x::sigmoid);
      operations.put("softplus " + dtype, x::softplus);
      operations.put("erf " + dtype, x::erf);
      operations.put("sin " + dtype, x::sin);
      operations.put("pow " + dtype, () -> x.pow(1.3));
      operations.put("elu " + dtype, () -> y.elu(0.7));
      operations.put("add " + dtype, () -> x.add(1.1));
      operations.put("sum " + dtype, () -> x.sum(1, false));
      operations.put("columns " + dtype, () -> x.sum(0, false));
      operations.put("prod " + dtype, () -> x.prod(1));
      operations.put("softmax " + dtype, () -> x.softmax(1));
      operations.put("logSoftmax " + dtype, () -> x.logSoftmax(1));
      operations.put("matmul " + dtype, () -> x.matmul(y));
    }
    Adjacency g = TestGraph.hub(6, 20, 90).on(relata);
    for (int width : new int[] {1, 16, 19, 70}) {
      Tensor h = relata.uniform(0.5, 2, DType.FLOAT32, 20, width);
      Tensor e = relata.uniform(0.5, 2, DType.FLOAT32, 90, width);
      operations.put("edgeSoftmax " + width, () -> GraphOps.edgeSoftmax(g, e));
      Tensor values = relata.uniform(0.5, 2, DType.FLOAT32, 20, width, 3);
      operations.put("attention " + width, () -> GraphOps.attention(g, h, h, e, 0.2, values));
      for (MessageOp op : MessageOp.values()) {
        Arg v = op == MessageOp.COPY ? null : Arg.v(h);
        operations.put(op + " " + width, () -> GraphOps.gsddmm(g, op, Arg.u(h), v));
        for (Reducer r : Reducer.values()) {
          operations.put(op + " " + r + " " + width, () -> GraphOps.gspmm(g, op, r, Arg.u(h), v));
        }
      }
    }
    Map<String, int[]> first = new LinkedHashMap<>();
    for (int i = 0; i < 400; i++) {
      try (Scope _ = relata.scope()) {
        // The first rounds are interpreted; one round in fifty is compared after that.
        boolean compared = i < 2 || i % 50 == 49;
        operations.forEach(
            (name, operation) -> {
              Tensor out = operation.get();
              if (compared) {
                int[] bits = bits(out);
                int[] before = first.computeIfAbsent(name, _ -> bits);
                assertThat(Arrays.equals(bits, before)).as(name).isTrue();
              }
            });
      }
    }
  }
}
