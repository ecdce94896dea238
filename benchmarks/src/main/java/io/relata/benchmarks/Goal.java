package io.relata.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * How fast a case must be, in multiples of what is measured in the same run. A goal is stated
 * against DGL 1.1.3, which cannot run everywhere; what DGL took was measured beside a C++ kernel on
 * another machine, so {@code multiple = factor × DGL's time / the kernel's time there}. Where DGL's
 * own loops do the work, they stand for it too, see {@link DglLoops}.
 *
 * @param name the case
 * @param graph name of the graph
 * @param dim the case's width
 * @param multiple at most this many times the reference
 * @param tool whose time the reference is
 * @param reference its case
 * @param referenceDim its width
 * @param origin where the multiple comes from
 */
record Goal(
    String name,
    String graph,
    int dim,
    double multiple,
    Tool tool,
    String reference,
    int referenceDim,
    String origin) {

  /** R-MAT, 100,000 nodes and 2,000,000 edges. */
  static final String G1 = "rmat-100k-2m";

  /** R-MAT, 169,343 nodes and 1,170,000 edges. */
  static final String G2 = "rmat-169k-1.17m";

  /** Relations of a few edges may cost this much each, ms. */
  static final double RELATION_MS = 0.010;

  private static final String SUM = "copy_u_sum";

  /** Against DGL's time in ms, paired with the sum of neighbours in C++ on the machine of both. */
  static Goal ms(String name, String graph, int dim, int width, double factor, double dglMs) {
    double cppMs = cppMs(graph, width);
    String origin =
        String.format(Locale.ROOT, "%.2f x DGL's %.0f ms over C++'s %.1f ms", factor, dglMs, cppMs);
    return new Goal(name, graph, dim, factor * dglMs / cppMs, Tool.CPP, SUM, width, origin);
  }

  /** Against DGL's measured ratio to the C++ kernel of the same case. */
  static Goal ratio(String name, String graph, int dim, double factor, double dglRatio) {
    String origin =
        String.format(Locale.ROOT, "%.2f x DGL's ratio %.2f to the same in C++", factor, dglRatio);
    return new Goal(name, graph, dim, factor * dglRatio, Tool.CPP, name, dim, origin);
  }

  /** Against DGL's loops in the same run. */
  static Goal loops(String name, String graph, int dim, double factor) {
    String origin = String.format(Locale.ROOT, "%.2f x DGL's loops", factor);
    return new Goal(name, graph, dim, factor, Tool.DGL_LOOPS, name, dim, origin);
  }

  /** What the sum of neighbours took in C++ where DGL's times were taken. */
  private static double cppMs(String graph, int width) {
    if (graph.equals(G1)) {
      return width == 64 ? 14.1 : 34.5;
    }
    return 29.6;
  }

  /** All goals that have a figure of DGL's; of a range of DGL's times the smaller end. */
  static List<Goal> all() {
    List<Goal> goals = new ArrayList<>();
    goals.add(ratio(SUM, G1, 64, 0.95, 1.15));
    goals.add(ratio(SUM, G1, 128, 0.6, 1.81));
    goals.add(ratio(SUM, G2, 128, 0.4, 2.76));
    for (int dim : new int[] {16, 64, 128, 256}) {
      goals.add(new Goal(SUM, G1, dim, 1.1, Tool.CPP, SUM, dim, "1.1 x C++"));
    }
    goals.add(new Goal(SUM, G2, 128, 1.1, Tool.CPP, SUM, 128, "1.1 x C++"));
    forG1(goals);
    forG2(goals);
    byLoops(goals, G1, 64);
    byLoops(goals, G2, 128);
    return goals;
  }

  private static void forG1(List<Goal> goals) {
    goals.add(ms("copy_u_sum_backward", G1, 64, 64, 0.95, 53));
    goals.add(ms("copy_u_mean", G1, 64, 64, 0.45, 38));
    goals.add(ms("copy_u_max", G1, 64, 64, 0.35, 55));
    goals.add(ms("copy_u_min", G1, 64, 64, 0.35, 55));
    goals.add(ms("copy_u_max_backward", G1, 64, 64, 0.35, 79));
    goals.add(ms("u_mul_e_sum", G1, 64, 64, 0.08, 261));
    goals.add(ms("u_mul_e_sum_backward", G1, 64, 64, 0.08, 856));
    goals.add(ratio("u_dot_v", G1, 64, 0.2, 7.6));
    goals.add(ms("u_dot_v_backward", G1, 64, 64, 0.2, 914));
    goals.add(ratio("edge_softmax_h1", G1, 1, 0.25, 7.1));
    goals.add(ms("edge_softmax_h4", G1, 4, 64, 0.15, 141));
    goals.add(ratio("edge_softmax_h8", G1, 8, 0.12, 15.2));
    goals.add(ms("edge_softmax_h4_backward", G1, 4, 64, 0.15, 284));
    goals.add(ms("sage_epoch", G1, 64, 64, 0.5, 243));
    goals.add(ms("gat_epoch", G1, 64, 64, 0.12, 2165));
    goals.add(ms("rgcn_basis_epoch", G1, 64, 64, 0.04, 9677));
  }

  private static void forG2(List<Goal> goals) {
    goals.add(ms("copy_u_mean", G2, 128, 128, 0.45, 162));
    goals.add(ms("copy_u_max", G2, 128, 128, 0.35, 235));
    goals.add(ms("copy_u_min", G2, 128, 128, 0.35, 235));
    goals.add(ms("u_mul_e_sum", G2, 128, 128, 0.08, 494));
    goals.add(ratio("u_dot_v", G2, 128, 0.2, 5.7));
    goals.add(ratio("edge_softmax_h1", G2, 1, 0.25, 4.5));
    goals.add(ms("edge_softmax_h4", G2, 4, 128, 0.15, 85));
    goals.add(ratio("edge_softmax_h8", G2, 8, 0.12, 11.8));
    goals.add(ms("sage_epoch", G2, 128, 128, 0.5, 937));
    goals.add(ms("gat_epoch", G2, 128, 128, 0.12, 2295));
    goals.add(ms("rgcn_basis_epoch", G2, 128, 128, 0.04, 11971));
  }

  private static void byLoops(List<Goal> goals, String graph, int dim) {
    goals.add(loops("u_mul_e_sum", graph, dim, 0.08));
    goals.add(loops("u_mul_e_sum_backward", graph, dim, 0.08));
    goals.add(loops("u_dot_v", graph, dim, 0.2));
    goals.add(loops("u_dot_v_backward", graph, dim, 0.2));
    goals.add(loops("edge_softmax_h1", graph, 1, 0.25));
    goals.add(loops("edge_softmax_h4", graph, 4, 0.15));
    goals.add(loops("edge_softmax_h8", graph, 8, 0.12));
    goals.add(loops("edge_softmax_h1_backward", graph, 1, 0.25));
    goals.add(loops("edge_softmax_h4_backward", graph, 4, 0.15));
    goals.add(loops("edge_softmax_h8_backward", graph, 8, 0.12));
    goals.add(loops("gat_epoch", graph, dim, 0.12));
  }

  /** Relata's median in multiples of the reference's, or null where one of both is missing. */
  Double measured(Summary summary) {
    return measured(summary, Figure::medianMs);
  }

  /** The same of both minima, which other work on the machine moves less. */
  Double measuredByMinima(Summary summary) {
    return measured(summary, Figure::minMs);
  }

  private Double measured(Summary summary, Function<Figure, Double> time) {
    Figure ours = summary.find(name, graph, dim, Tool.RELATA);
    Figure theirs = summary.find(reference, graph, referenceDim, tool);
    return ours == null || theirs == null ? null : time.apply(ours) / time.apply(theirs);
  }

  /** What one more small relation costs, ms, or null where it was not measured. */
  static Double relationMs(Summary summary) {
    Figure few = summary.find("multi_update_all_small_r50", "small-relations", 32, Tool.RELATA);
    Figure many = summary.find("multi_update_all_small_r500", "small-relations", 32, Tool.RELATA);
    return few == null || many == null ? null : (many.medianMs() - few.medianMs()) / 450;
  }
}
