package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every case once on a tiny graph; PyTorch is not on the class path of the tests. */
class SmokeTest {
  private static final Set<String> CASES =
      Set.of(
          "copy_u_sum",
          "copy_u_mean",
          "copy_u_max",
          "copy_u_min",
          "u_mul_e_sum",
          "u_mul_e_sum_h4",
          "u_mul_e_sum_h8",
          "u_dot_v",
          "u_dot_v_h4",
          "edge_softmax_h1",
          "edge_softmax_h4",
          "edge_softmax_h8",
          "segment_matmul",
          "gather_matmul",
          "multi_update_all_r1",
          "multi_update_all_r5",
          "multi_update_all_r50",
          "multi_update_all_r500");

  private static final Set<String> ALONE =
      Set.of(
          "sage_epoch",
          "gat_epoch",
          "rgcn_epoch",
          "rgcn_basis_epoch",
          "ego_rgcn_latency_p50",
          "ego_rgcn_latency_p99");

  @TempDir Path folder;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private Summary run(String tools) throws IOException {
    Options options =
        Options.of("smoke", "--tools", tools, "--out", folder.resolve("s.json").toString());
    Rmat rmat = Rmat.of(300, 2_000, 1);
    Edges edges = new Edges("tiny", 300, rmat.src(), rmat.dst());
    try (Bench bench = new Bench(options, new PrintStream(log, true, StandardCharsets.UTF_8))) {
      Group.smoke(bench, edges);
      new Summary(bench.figures()).write(options.out());
    }
    return Summary.read(options.out());
  }

  private String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyCaseRunsWithoutAnyPeer() throws IOException {
    Summary summary = run("relata");
    Set<String> names =
        summary.figures().stream().map(Figure::name).collect(Collectors.toUnmodifiableSet());
    assertThat(names).containsAll(CASES).containsAll(ALONE);
    assertThat(CASES).allSatisfy(name -> assertThat(names).contains(name + "_backward"));
    assertThat(summary.figures())
        .allSatisfy(
            f -> {
              assertThat(f.tool()).isEqualTo("relata");
              assertThat(f.ratioToFloor()).isNull();
              assertThat(f.minMs()).isPositive().isLessThanOrEqualTo(f.medianMs());
            });
    assertThat(log()).contains("gat_epoch", "memory: parameters");
  }

  @Test
  void theCppPeersComputeTheSameAndFloorsAreMeasured() throws IOException {
    Summary summary = run("c++");
    Assumptions.assumeFalse(log().contains("g++"), "no g++ here");
    assertThat(log()).doesNotContain("computes something else");
    for (String name : CASES) {
      assertThat(summary.figures())
          .filteredOn(f -> f.name().equals(name) && f.tool().equals("floor"))
          .as(name)
          .isNotEmpty();
    }
    assertThat(summary.figures())
        .filteredOn(f -> f.tool().equals("c++"))
        .extracting(Figure::name)
        .contains(
            "copy_u_sum",
            "copy_u_sum_backward",
            "copy_u_max",
            "u_mul_e_sum",
            "u_mul_e_sum_backward",
            "u_mul_e_sum_h4",
            "u_mul_e_sum_h8",
            "u_dot_v",
            "u_dot_v_backward",
            "edge_softmax_h1",
            "edge_softmax_h4",
            "edge_softmax_h8");
    new Report(summary, new PrintStream(log, true, StandardCharsets.UTF_8)).print();
    assertThat(log()).contains("one more small relation");
  }

  @Test
  void theLoopsOfDglComputeTheSame() throws IOException {
    Summary summary = run("dgl-loops");
    Assumptions.assumeFalse(log().contains("g++"), "no g++ here");
    assertThat(log()).doesNotContain("computes something else");
    assertThat(summary.figures())
        .filteredOn(f -> f.tool().equals("dgl-loops"))
        .extracting(Figure::name)
        .containsExactlyInAnyOrder(
            "copy_u_sum",
            "u_mul_e_sum",
            "u_mul_e_sum_backward",
            "u_mul_e_sum_h4",
            "u_mul_e_sum_h4_backward",
            "u_mul_e_sum_h8",
            "u_mul_e_sum_h8_backward",
            "u_dot_v",
            "u_dot_v_backward",
            "u_dot_v_h4",
            "u_dot_v_h4_backward",
            "edge_softmax_h1",
            "edge_softmax_h1_backward",
            "edge_softmax_h4",
            "edge_softmax_h4_backward",
            "edge_softmax_h8",
            "edge_softmax_h8_backward",
            "gat_epoch");
  }

  @Test
  void peersThatAreNotThereAreNamed() throws IOException {
    run("pytorch");
    assertThat(log()).contains("Left out: PyTorch does not load");
  }
}
