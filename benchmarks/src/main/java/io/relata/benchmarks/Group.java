package io.relata.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cases that run in one process.
 *
 * @param name what {@code --only} selects by
 * @param inShort whether the short mode has it
 * @param forks how many processes the full mode runs it in
 * @param heap the heap it needs
 * @param body runs the cases
 */
record Group(String name, boolean inShort, int forks, String heap, Consumer<Bench> body) {
  /** The most processes of a group. */
  static final int FORKS = 3;

  private static final int[] WIDTHS = {16, 64, 128, 256};

  /** The groups of a run, in order. */
  static List<Group> of(Options options) {
    List<Group> groups = new ArrayList<>();
    if (options.graph() == null) {
      builtIn(groups);
    } else {
      onFile(groups, options);
    }
    return groups.stream()
        .filter(g -> options.wants(g.name))
        .filter(g -> g.inShort || options.mode() == Options.Mode.FULL)
        .toList();
  }

  private static void builtIn(List<Group> groups) {
    groups.add(group("kernels-g1-64", true, b -> kernels(b, g1(), 64, true)));
    groups.add(group("kernels-g2-128", false, b -> kernels(b, g2(), 128, true)));
    groups.add(group("sums-g1", true, b -> sums(b, g1(), 16, 128, 256)));
    groups.add(group("sums-g2", true, b -> sums(b, g2(), 128)));
    groups.add(group("epochs-g1-64", true, b -> new EpochCases(b, g1(), 64).runAll()));
    groups.add(group("epochs-g2-128", false, b -> new EpochCases(b, g2(), 128).runAll()));
    groups.add(group("small", true, Group::small));
    groups.add(group("relations-g1-64", true, b -> new SmallCases(b).relations(g1(), 64)));
    groups.add(group("dense-g1-64", true, b -> new DenseCases(b, g1(), 64).run()));
    for (int dim : new int[] {16, 256}) {
      groups.add(group("kernels-g1-" + dim, false, b -> kernels(b, g1(), dim, false)));
      groups.add(group("epochs-g1-" + dim, false, b -> new EpochCases(b, g1(), dim).runAll()));
    }
    groups.add(group("shuffled-g1-64", false, b -> kernels(b, shuffled(), 64, true)));
    groups.add(group("more-g1-64", false, b -> new MoreKernelCases(b, g1(), 64).run()));
    groups.add(group("relations-g2-128", false, b -> new SmallCases(b).relations(g2(), 128)));
    groups.add(group("dense-g2-128", false, b -> new DenseCases(b, g2(), 128).run()));
    groups.add(group("jdk", false, JdkCases::run));
    groups.add(
        new Group("growth", false, 1, "5g", b -> GrowthCases.run(b, 1, 2, 4, 8, 16, 32, 50)));
  }

  private static void onFile(List<Group> groups, Options options) {
    for (int dim : WIDTHS) {
      boolean inShort = dim == 64 || dim == 128;
      boolean first = dim == 64;
      groups.add(group("kernels-file-" + dim, inShort, b -> kernels(b, file(options), dim, first)));
      groups.add(
          group("epochs-file-" + dim, first, b -> new EpochCases(b, file(options), dim).runAll()));
    }
    groups.add(
        group("relations-file-64", true, b -> new SmallCases(b).relations(file(options), 64)));
    groups.add(group("dense-file-64", true, b -> new DenseCases(b, file(options), 64).run()));
    groups.add(group("more-file-64", false, b -> new MoreKernelCases(b, file(options), 64).run()));
  }

  private static Group group(String name, boolean inShort, Consumer<Bench> body) {
    return new Group(name, inShort, FORKS, "4g", body);
  }

  private static Edges g1() {
    return Edges.rmat(Goal.G1, 100_000, 2_000_000);
  }

  private static Edges g2() {
    return Edges.rmat(Goal.G2, 169_343, 1_170_000);
  }

  private static Edges shuffled() {
    Rmat rmat = Rmat.of(100_000, 2_000_000, 1);
    return new Edges(Goal.G1 + "-shuffled", rmat.numNodes(), rmat.src(), rmat.dst());
  }

  private static Edges file(Options options) {
    return EdgeFile.read(options.graph(), options.nodes());
  }

  private static void kernels(Bench bench, Edges edges, int dim, boolean softmax) {
    KernelCases cases = new KernelCases(bench, edges, dim);
    cases.rows();
    if (softmax) {
      cases.softmax();
    }
  }

  private static void sums(Bench bench, Edges edges, int... dims) {
    for (int dim : dims) {
      new KernelCases(bench, edges, dim).copySum();
    }
  }

  private static void small(Bench bench) {
    SmallCases cases = new SmallCases(bench);
    cases.cora();
    cases.ego();
    cases.smallRelations();
  }

  /** Every case on a tiny graph, for tests of the program. */
  static void smoke(Bench bench, Edges edges) {
    kernels(bench, edges, 16, true);
    new MoreKernelCases(bench, edges, 16).run();
    new EpochCases(bench, edges, 16).runAll();
    new SmallCases(bench).relations(edges, 16);
    small(bench);
    new DenseCases(bench, edges, 16).run();
  }
}
