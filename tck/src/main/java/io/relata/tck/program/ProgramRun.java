package io.relata.tck.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.relata.DType;
import io.relata.Relata;
import io.relata.Scope;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.hetero.GraphBuilder;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.LocalScope;
import io.relata.tck.program.Tape.Num;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A program on one runtime and in the oracle, in lockstep; every field is compared every time. */
final class ProgramRun {
  /** How far a program could be compared. */
  enum Depth {
    /** All values and gradients. */
    GRADIENTS,
    /** All values. */
    VALUES,
    /** Values until they became too large. */
    BEGINNING
  }

  /** A feature that gradients are taken for. */
  private record Leaf(Program.Input input, Tensor tensor, List<List<Num>> rows) {}

  private final Program program;
  private final Relata relata;
  private final Tape tape;
  private final List<Leaf> leaves = new ArrayList<>();
  private Tensor loss;

  private ProgramRun(Program program, Relata relata) {
    this.program = program;
    this.relata = relata;
    this.tape = new Tape(program.dtype());
  }

  static Depth compare(Program program, Relata relata) {
    try (Scope _ = relata.scope()) {
      return new ProgramRun(program, relata).compare();
    }
  }

  private Depth compare() {
    HeteroGraph graph = graph(program.schema());
    OracleGraph oracle = new OracleGraph(program.schema(), tape);
    program.inputs().forEach(i -> set(i, graph, oracle));
    requireSameFields("at the start", graph, oracle);
    run(program.steps(), "", graph, oracle);
    if (tape.large()) {
      return Depth.BEGINNING;
    }
    if (program.special()) {
      return Depth.VALUES;
    }
    addToLoss(graph, oracle);
    if (loss != null) {
      loss.backward();
    }
    if (tape.ambiguous()) {
      return Depth.VALUES;
    }
    tape.backward();
    leaves.forEach(this::requireSameGradient);
    return Depth.GRADIENTS;
  }

  private HeteroGraph graph(Schema schema) {
    GraphBuilder builder = HeteroGraph.builder(relata);
    schema.nodes().forEach(builder::nodes);
    schema
        .relations()
        .forEach(
            r ->
                builder.relation(
                    r.source(),
                    r.name(),
                    r.destination(),
                    EngineCalls.ints(r.src()),
                    EngineCalls.ints(r.dst())));
    return builder.build();
  }

  private void set(Program.Input input, HeteroGraph graph, OracleGraph oracle) {
    int rows = program.schema().rows(input.owner());
    double[] values = input.values(rows, program.special());
    Tensor t = relata.tensor(values, shape(rows, input.row()).dims()).to(program.dtype());
    Tensor leaf = t.detach().requiresGrad(true);
    int width = OracleGraph.size(input.row());
    List<List<Num>> nums = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      List<Num> row = new ArrayList<>();
      for (int j = 0; j < width; j++) {
        row.add(tape.input(values[i * width + j]));
      }
      nums.add(row);
    }
    leaves.add(new Leaf(input, leaf, nums));
    oracle.fields(input.owner()).put(input.field(), new OracleGraph.Field(input.row(), nums));
    if (graph.nodeTypes().contains(input.owner())) {
      graph.nodes(input.owner()).set(input.field(), leaf);
    } else {
      graph.edges(input.owner()).set(input.field(), leaf);
    }
  }

  private static Shape shape(int rows, List<Integer> row) {
    return Shape.of(row.stream().mapToLong(Integer::longValue).toArray()).prepend(rows);
  }

  // ---- lockstep ----

  private void run(List<Step> steps, String path, HeteroGraph graph, OracleGraph oracle) {
    for (int i = 0; i < steps.size() && !tape.large(); i++) {
      Step step = steps.get(i);
      String where = "after step " + path + (i + 1) + ", " + step;
      switch (step) {
        case Step.Scoped s -> {
          Map<String, Map<String, OracleGraph.Field>> before = oracle.snapshot();
          try (LocalScope _ = graph.localScope()) {
            run(s.steps(), path + (i + 1) + ".", graph, oracle);
          }
          oracle.restore(before);
        }
        case Step.OnSubgraph s -> {
          Map<String, int[]> nodes = new TreeMap<>();
          s.nodes().forEach((type, ids) -> nodes.put(type, EngineCalls.ints(ids)));
          HeteroGraph part = graph.subgraph(nodes);
          OracleGraph expected = oracle.induced(s.nodes());
          requireSameStructure(where, part, expected.schema());
          run(s.steps(), path + (i + 1) + ".", part, expected);
          requireSameFields(where + ", in the subgraph", part, expected);
          addToLoss(part, expected);
        }
        default -> {
          oracle.run(step);
          new EngineCalls(graph).run(step);
        }
      }
      requireSameFields(where, graph, oracle);
    }
  }

  private static void requireSameStructure(String where, HeteroGraph actual, Schema expected) {
    for (String type : expected.nodes().keySet()) {
      assertThat(actual.numNodes(type)).as(where).isEqualTo(expected.nodes().get(type));
    }
    for (Schema.Edges r : expected.relations()) {
      var edges = actual.relation(r.key()).adjacency();
      assertThat(edges.src()).as("%s, sources of %s", where, r.key()).isEqualTo(ints(r.src()));
      assertThat(edges.dst()).as("%s, destinations of %s", where, r.key()).isEqualTo(ints(r.dst()));
    }
  }

  private static int[] ints(List<Integer> ids) {
    return EngineCalls.ints(ids);
  }

  private void requireSameFields(String where, HeteroGraph graph, OracleGraph oracle) {
    oracle
        .snapshot()
        .forEach(
            (owner, fields) -> {
              boolean nodes = graph.nodeTypes().contains(owner);
              Set<String> names = nodes ? graph.nodes(owner).fields() : graph.edges(owner).fields();
              assertThat(names)
                  .as("%s: fields of %s", where, owner)
                  .containsExactlyInAnyOrderElementsOf(fields.keySet());
              fields.forEach(
                  (name, f) ->
                      requireSame(where + ": " + owner + "." + name, get(graph, owner, name), f));
            });
  }

  private static Tensor get(HeteroGraph graph, String owner, String field) {
    return graph.nodeTypes().contains(owner)
        ? graph.nodes(owner).get(field)
        : graph.edges(owner).get(field);
  }

  private void requireSame(String where, Tensor actual, OracleGraph.Field expected) {
    assertThat(actual.dtype()).as(where).isEqualTo(program.dtype());
    assertThat(actual.shape()).as(where).isEqualTo(shape(expected.rows().size(), expected.row()));
    double[] values = actual.to(DType.FLOAT64).toDoubleArray();
    int at = 0;
    for (List<Num> row : expected.rows()) {
      for (Num n : row) {
        requireNear(where, at, values[at], n.value, n.scale);
        at++;
      }
    }
  }

  private void requireNear(String where, int at, double actual, double expected, double scale) {
    boolean same =
        Double.isFinite(expected)
            ? Math.abs(actual - expected) <= tape.tolerance() * scale
            : Double.compare(actual, expected) == 0;
    assertThat(same).as("%s, position %d: %s, expected %s", where, at, actual, expected).isTrue();
  }

  // ---- gradients ----

  /** Every number of every field counts, with different factors. */
  private void addToLoss(HeteroGraph graph, OracleGraph oracle) {
    oracle
        .snapshot()
        .forEach(
            (owner, fields) -> fields.forEach((name, f) -> addToLoss(get(graph, owner, name), f)));
  }

  private void addToLoss(Tensor t, OracleGraph.Field f) {
    double[] factors = new double[Math.toIntExact(t.size())];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (i * 7 % 5 - 1.5) / 2;
    }
    int at = 0;
    for (List<Num> row : f.rows()) {
      for (Num n : row) {
        tape.seed(n, factors[at++]);
      }
    }
    if (t.requiresGrad()) {
      Tensor part = t.mul(relata.tensor(factors, t.shape().dims()).to(t.dtype())).sum();
      loss = loss == null ? part : loss.add(part);
    }
  }

  private void requireSameGradient(Leaf leaf) {
    Tensor t = leaf.tensor();
    double[] actual =
        t.grad() == null
            ? new double[Math.toIntExact(t.size())]
            : t.grad().to(DType.FLOAT64).toDoubleArray();
    int at = 0;
    for (List<Num> row : leaf.rows()) {
      for (Num n : row) {
        requireNear(
            "gradient of " + leaf.input().owner() + "." + leaf.input().field(),
            at,
            actual[at],
            n.grad(),
            n.gradScale());
        at++;
      }
    }
  }
}
