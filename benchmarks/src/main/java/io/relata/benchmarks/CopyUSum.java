package io.relata.benchmarks;

import io.relata.DType;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.Reducer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Sum of neighbours on the R-MAT graph of 100,000 nodes and 2,000,000 edges, forward and backward,
 * beside the hand-written C++ kernel on the same arrays and the same row blocks. Two threads.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+IgnoreUnrecognizedVMOptions",
      "-XX:UseAVX=3",
      "-Drelata.threads=2"
    })
public class CopyUSum {
  /** Feature width. */
  @Param({"64", "128"})
  public int dim;

  private Relata relata;
  private Adjacency graph;
  private Tensor x;
  private Tensor gradient;
  private CppPeer peer;
  private Tensor out;
  private CppRows in;
  private CppRows reversed;

  /** Builds both index structures and checks that the peer computes the same. */
  @Setup
  public void setUp() {
    relata = Relata.open("cpu");
    Rmat rmat = Rmat.of(100_000, 2_000_000, 1);
    graph = Adjacency.of(relata, "R-MAT", rmat.numNodes(), rmat.numNodes(), rmat.src(), rmat.dst());
    relata.seed(1);
    x = relata.rand(rmat.numNodes(), dim).requiresGrad(true);
    gradient = relata.rand(rmat.numNodes(), dim);
    out = relata.zeros(rmat.numNodes(), dim);
    peer = new CppPeer(2);
    in = peer.rows(graph.in());
    reversed = peer.rows(graph.out());
    cppForward();
    try (NoGrad _ = new NoGrad()) {
      Tensor mine = GraphOps.copyReduce(graph, Reducer.SUM, Arg.u(x));
      double difference = mine.sub(out).abs().max().item();
      if (difference > 1e-3 * mine.abs().max().item()) {
        throw new IllegalStateException("The peer computes something else: " + difference);
      }
    }
  }

  /** Frees the runtime. */
  @TearDown
  public void tearDown() {
    relata.close();
  }

  /** Relata, forward. */
  @Benchmark
  public DType relataForward() {
    try (Scope _ = relata.scope();
        NoGrad _ = new NoGrad()) {
      return GraphOps.copyReduce(graph, Reducer.SUM, Arg.u(x)).dtype();
    }
  }

  /** Relata, forward and backward. */
  @Benchmark
  public DType relataForwardAndBackward() {
    try (Scope _ = relata.scope()) {
      x.zeroGrad();
      Tensor y = GraphOps.copyReduce(graph, Reducer.SUM, Arg.u(x));
      y.backward(gradient);
      return x.grad().dtype();
    }
  }

  /** C++, forward. */
  @Benchmark
  public void cppForward() {
    peer.copyUSum(in, x, out);
  }

  /** C++, forward and backward. */
  @Benchmark
  public void cppForwardAndBackward() {
    peer.copyUSum(in, x, out);
    peer.copyUSum(reversed, gradient, out);
  }
}
