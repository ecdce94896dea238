package io.relata.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalTest {
  private static Goal goal(String name, String graph, int dim) {
    return Goal.all().stream()
        .filter(g -> g.name().equals(name) && g.graph().equals(graph) && g.dim() == dim)
        .findFirst()
        .orElseThrow();
  }

  private static Figure figure(String name, String graph, int dim, Tool tool, double ms) {
    return new Figure(name, graph, 1, 1, dim, 2, tool.id, ms, ms, null);
  }

  @Test
  void timesOfDglBecomeMultiplesOfTheSumInCpp() {
    assertThat(goal("gat_epoch", Goal.G1, 64).multiple()).isEqualTo(18.4, within(0.05));
    assertThat(goal("gat_epoch", Goal.G2, 128).multiple()).isEqualTo(0.12 * 2295 / 29.6);
    assertThat(goal("rgcn_basis_epoch", Goal.G1, 64).multiple()).isEqualTo(27.45, within(0.01));
  }

  @Test
  void pairedRatiosStandForTheSameKernelInCpp() {
    Goal dot = goal("u_dot_v", Goal.G1, 64);
    assertThat(dot.multiple()).isEqualTo(1.52, within(1e-9));
    assertThat(dot.reference()).isEqualTo("u_dot_v");
    Goal softmax = goal("edge_softmax_h8", Goal.G2, 8);
    assertThat(softmax.multiple()).isEqualTo(0.12 * 11.8);
    assertThat(softmax.referenceDim()).isEqualTo(8);
  }

  @Test
  void oursIsDividedByTheReferenceOfTheSameGraphAndWidth() {
    Summary summary =
        new Summary(
            List.of(
                figure("gat_epoch", Goal.G1, 64, Tool.RELATA, 100),
                figure("copy_u_sum", Goal.G1, 64, Tool.CPP, 5),
                figure("copy_u_sum", Goal.G1, 64, Tool.RELATA, 50),
                figure("copy_u_sum", Goal.G1, 128, Tool.CPP, 10)));
    assertThat(goal("gat_epoch", Goal.G1, 64).measured(summary)).isEqualTo(20);
    assertThat(goal("gat_epoch", Goal.G1, 64).measuredByMinima(summary)).isEqualTo(20);
    assertThat(goal("gat_epoch", Goal.G2, 128).measured(summary)).isNull();
    assertThat(goal("u_dot_v", Goal.G1, 64).measured(summary)).isNull();
  }

  @Test
  void loopsOfDglStandForItInTheSameRun() {
    Goal dot =
        Goal.all().stream()
            .filter(g -> g.tool() == Tool.DGL_LOOPS && g.name().equals("u_dot_v"))
            .findFirst()
            .orElseThrow();
    Summary summary =
        new Summary(
            List.of(
                figure("u_dot_v", Goal.G1, 64, Tool.RELATA, 9),
                figure("u_dot_v", Goal.G1, 64, Tool.CPP, 6),
                figure("u_dot_v", Goal.G1, 64, Tool.DGL_LOOPS, 60)));
    assertThat(dot.multiple()).isEqualTo(0.2);
    assertThat(dot.measured(summary)).isEqualTo(0.15, within(1e-9));
  }

  @Test
  void oneMoreRelationIsTheSlopeFromFiftyToFiveHundred() {
    Summary summary =
        new Summary(
            List.of(
                figure("multi_update_all_small_r50", "small-relations", 32, Tool.RELATA, 1),
                figure("multi_update_all_small_r500", "small-relations", 32, Tool.RELATA, 10)));
    assertThat(Goal.relationMs(summary)).isEqualTo(0.02, within(1e-12));
    assertThat(Goal.relationMs(new Summary(List.of()))).isNull();
  }
}
