package io.relata.tck.program;

import io.relata.DType;
import io.relata.graph.Message;
import io.relata.graph.NormBy;
import io.relata.graph.Reduce;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.program.Schema.Edges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes valid programs of any numbers: knows the shape of every field at every step, and falls back
 * on simpler calls where the numbers ask for what does not fit.
 */
final class ProgramWriter {
  private static final List<List<Integer>> ROWS =
      List.of(List.of(3), List.of(), List.of(1), List.of(2, 1), List.of(2, 3), List.of(1, 3));
  private static final List<String> TYPES = List.of("A", "B", "C");
  private static final int MAX_NODES = 7;
  private static final int MAX_EDGES = 14;

  private final Schema schema;
  private final Map<String, Map<String, List<Integer>>> shapes;

  private ProgramWriter(Schema schema, Map<String, Map<String, List<Integer>>> shapes) {
    this.schema = schema;
    this.shapes = shapes;
  }

  /**
   * A program.
   *
   * @param graph decides about the graph and its features
   * @param steps decide about a step each
   */
  static Program write(List<Integer> graph, List<List<Integer>> steps) {
    Choices c = new Choices(graph);
    DType dtype = c.oneIn(3) ? DType.FLOAT32 : DType.FLOAT64;
    boolean special = c.oneIn(6);
    Schema schema = schema(c);
    List<Program.Input> inputs = inputs(c, schema);
    Map<String, Map<String, List<Integer>>> shapes = new TreeMap<>();
    inputs.forEach(
        i -> shapes.computeIfAbsent(i.owner(), _ -> new TreeMap<>()).put(i.field(), i.row()));
    ProgramWriter writer = new ProgramWriter(schema, shapes);
    List<Step> written = new ArrayList<>();
    steps.forEach(s -> writer.step(new Choices(s), 0, written));
    return new Program(schema, dtype, special, inputs, written);
  }

  // ---- the graph ----

  private static Schema schema(Choices c) {
    Map<String, Integer> nodes = new TreeMap<>();
    int types = 1 + c.below(3);
    for (String type : TYPES.subList(0, types)) {
      nodes.put(type, (c.below(MAX_NODES + 1) + 3) % (MAX_NODES + 1));
    }
    List<Edges> relations = new ArrayList<>();
    int count = (c.below(6) + 1) % 6;
    for (int i = 0; i < count; i++) {
      String source = TYPES.get(c.below(types));
      String destination = TYPES.get(c.below(types));
      // Short names may repeat, the full one may not; "r1" sorts before "s" and after "r".
      String name = c.of(List.of("r", "s", "r1"));
      Edges r = edges(c, nodes, source, name, destination);
      if (relations.stream().noneMatch(other -> other.key().equals(r.key()))) {
        relations.add(r);
      }
    }
    relations.sort(Edges.ORDER);
    return new Schema(nodes, relations);
  }

  private static Edges edges(
      Choices c, Map<String, Integer> nodes, String source, String name, String destination) {
    int from = nodes.get(source);
    int to = nodes.get(destination);
    int hub = c.below(3);
    int count = from == 0 || to == 0 ? 0 : (c.below(MAX_EDGES + 1) + 2) % (MAX_EDGES + 1);
    List<Integer> src = new ArrayList<>();
    List<Integer> dst = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      src.add(hub == 1 && e % 3 > 0 ? from - 1 : c.below(from));
      dst.add(hub == 2 && e % 4 > 0 ? to - 1 : c.below(to));
    }
    return new Edges(source, name, destination, src, dst);
  }

  private static List<Program.Input> inputs(Choices c, Schema schema) {
    List<Program.Input> inputs = new ArrayList<>();
    List<String> owners = new ArrayList<>(schema.nodes().keySet());
    schema.relations().forEach(r -> owners.add(r.key()));
    List<Integer> common = c.of(ROWS);
    List<Integer> onEdges = c.of(ROWS);
    for (String owner : owners) {
      boolean nodes = schema.nodes().containsKey(owner);
      inputs.add(new Program.Input(owner, "h", nodes ? common : onEdges, false));
      inputs.add(new Program.Input(owner, "k", c.of(ROWS), false));
      inputs.add(new Program.Input(owner, "w", c.of(ROWS), true));
    }
    return inputs;
  }

  // ---- steps ----

  private void step(Choices c, int level, List<Step> written) {
    int kind = c.below(level < 2 ? 12 : 10);
    if (schema.relations().isEmpty() && kind < 10) {
      return;
    }
    Step step =
        switch (kind) {
          case 0, 1, 2 -> update(c);
          case 3, 4 -> apply(c);
          case 5, 6, 7 -> multi(c);
          case 8 -> everywhere(c);
          case 9 -> c.oneIn(2) ? jointSoftmax(c) : softmax(c);
          case 10 -> new Step.Scoped(inner(c, level, this.copy()));
          default -> onSubgraph(c, level);
        };
    if (step != null) {
      written.add(step);
    }
  }

  private ProgramWriter copy() {
    return on(schema);
  }

  private ProgramWriter on(Schema other) {
    Map<String, Map<String, List<Integer>>> copy = new TreeMap<>();
    shapes.forEach((owner, f) -> copy.put(owner, new TreeMap<>(f)));
    return new ProgramWriter(other, copy);
  }

  private static List<Step> inner(Choices c, int level, ProgramWriter writer) {
    List<Step> steps = new ArrayList<>();
    for (int i = 1 + c.below(2); i > 0; i--) {
      writer.step(c, level + 1, steps);
    }
    return steps;
  }

  private Step onSubgraph(Choices c, int level) {
    Map<String, List<Integer>> nodes = new TreeMap<>();
    schema
        .nodes()
        .forEach(
            (type, n) -> {
              if (!c.oneIn(5)) {
                nodes.put(type, c.some(n));
              }
            });
    return new Step.OnSubgraph(nodes, inner(c, level, on(schema.induced(nodes).schema())));
  }

  private Step update(Choices c) {
    Edges r = c.of(schema.relations());
    Step.Reach reach = c.of(List.of(Step.Reach.values()));
    Step.Call call = call(c, r, message(c, r, "m"), reach == Step.Reach.ALL);
    List<Integer> ids =
        switch (reach) {
          case ALL -> null;
          case SEND_AND_RECV -> c.some(r.count());
          case PUSH -> c.some(schema.nodes().get(r.source()));
          case PULL -> c.some(schema.nodes().get(r.destination()));
        };
    List<Integer> row = row(r, call.message());
    String out = name(c, r.destination(), row, reach == Step.Reach.ALL);
    Step.Update step = new Step.Update(r.key(), to(call, out), reach, ids);
    // A reduce function that is not called may leave no field behind.
    boolean certain = !call.reduceUdf() || (reach == Step.Reach.ALL && r.count() > 0);
    if (!certain && !row.equals(shapes.get(r.destination()).get(out))) {
      step = new Step.Update(r.key(), plain(to(call, out)), reach, ids);
    }
    shapes.get(r.destination()).put(out, row);
    return step;
  }

  private Step apply(Choices c) {
    Edges r = c.of(schema.relations());
    boolean udf = c.oneIn(3);
    List<Integer> ids = c.oneIn(2) ? c.some(r.count()) : null;
    Message m = message(c, r, "m");
    List<Integer> row = row(r, m);
    String out = name(c, r.key(), row, ids == null);
    shapes.get(r.key()).put(out, row);
    return new Step.Apply(r.key(), renamed(m, out), udf, ids);
  }

  private Step multi(Choices c) {
    Step.Cross cross = c.of(List.of(Step.Cross.values()));
    boolean doubled = c.oneIn(4);
    String out = c.of(List.of("a", "b"));
    Map<String, Step.Call> calls = new LinkedHashMap<>();
    Map<String, List<Integer>> rows = new TreeMap<>();
    Map<String, Integer> slots = new TreeMap<>();
    for (Edges r : schema.relations()) {
      if (c.oneIn(4)) {
        continue;
      }
      Step.Call call = null;
      for (int attempt = 0; attempt < 4 && call == null; attempt++) {
        Message m = attempt == 3 ? copy("m") : message(c, r, "m");
        List<Integer> row = row(r, m);
        List<Integer> first = rows.get(r.destination());
        boolean fits =
            cross == Step.Cross.CONCAT
                ? !row.isEmpty() && (first == null || sameButLast(row, first))
                : first == null || row.equals(first);
        if (fits) {
          call = to(call(c, r, m, true), out);
        }
      }
      if (call != null) {
        List<Integer> row = new ArrayList<>(row(r, call.message()));
        if (cross == Step.Cross.CONCAT && rows.containsKey(r.destination())) {
          row.set(row.size() - 1, row.getLast() + rows.get(r.destination()).getLast());
        }
        rows.put(r.destination(), row);
        slots.merge(r.destination(), 1, Integer::sum);
        calls.put(r.key(), call);
      }
    }
    calls.replaceAll((key, call) -> known(schema.relation(key), calls, cross) ? call : plain(call));
    if (cross == Step.Cross.STACK) {
      rows.replaceAll(
          (type, row) -> {
            List<Integer> stacked = new ArrayList<>(row);
            stacked.addFirst(slots.get(type));
            return stacked;
          });
    }
    rows.forEach((type, row) -> shapes.get(type).put(out, row));
    return new Step.Multi(calls, cross, doubled);
  }

  /** Whether a reduce function is called, or else another relation tells the result's shape. */
  private boolean known(Edges r, Map<String, Step.Call> calls, Step.Cross cross) {
    return called(r, calls.get(r.key()))
        || (cross != Step.Cross.CONCAT
            && schema.relations().stream()
                .filter(other -> other.destination().equals(r.destination()))
                .anyMatch(
                    other ->
                        calls.containsKey(other.key()) && called(other, calls.get(other.key()))));
  }

  private static boolean called(Edges r, Step.Call call) {
    return !call.reduceUdf() || r.count() > 0;
  }

  private static boolean sameButLast(List<Integer> a, List<Integer> b) {
    return a.size() == b.size() && a.subList(0, a.size() - 1).equals(b.subList(0, b.size() - 1));
  }

  private Step everywhere(Choices c) {
    Message m = message(c, c.of(schema.relations()), "m");
    for (Edges r : schema.relations()) {
      if (!readable(r, m) || row(r, m) == null) {
        m = copy("m");
      }
    }
    Message chosen = m;
    Map<String, List<Integer>> rows = new TreeMap<>();
    for (Edges r : schema.relations()) {
      List<Integer> before = rows.putIfAbsent(r.destination(), row(r, chosen));
      if (before != null && !before.equals(row(r, chosen))) {
        return null;
      }
    }
    String out = c.of(List.of("a", "b"));
    rows.forEach((type, row) -> shapes.get(type).put(out, row));
    return new Step.Everywhere(chosen, new Reduce(c.of(List.of(Reducer.values())), "m", out));
  }

  private Step softmax(Choices c) {
    Edges r = c.of(schema.relations());
    String field = c.of(List.copyOf(new TreeMap<>(shapes.get(r.key())).keySet()));
    NormBy by = c.of(List.of(NormBy.values()));
    List<Integer> ids = c.oneIn(2) ? c.some(r.count()) : null;
    List<Integer> row = shapes.get(r.key()).get(field);
    String out = name(c, r.key(), row, true);
    shapes.get(r.key()).put(out, row);
    return new Step.Softmax(r.key(), field, by, ids, out);
  }

  private Step jointSoftmax(Choices c) {
    NormBy by = c.of(List.of(NormBy.values()));
    Edges first = c.of(schema.relations());
    List<Integer> row = shapes.get(first.key()).get("h");
    List<String> relations =
        schema.relations().stream()
            .filter(r -> row.equals(shapes.get(r.key()).get("h")))
            .map(Edges::key)
            .toList();
    relations.forEach(key -> shapes.get(key).put("b", row));
    return new Step.JointSoftmax(relations, "h", by, "b");
  }

  // ---- functions ----

  private static Message copy(String out) {
    return new Message(MessageOp.COPY, Target.U, "h", null, null, out);
  }

  private static String owner(Edges r, Target target) {
    return switch (target) {
      case U -> r.source();
      case V -> r.destination();
      case E -> r.key();
    };
  }

  private List<Integer> shape(Edges r, Target target, String field) {
    return shapes.get(owner(r, target)).get(field);
  }

  private boolean readable(Edges r, Message m) {
    return shape(r, m.left(), m.leftField()) != null
        && (m.right() == null || shape(r, m.right(), m.rightField()) != null);
  }

  private List<Integer> row(Edges r, Message m) {
    List<Integer> left = shape(r, m.left(), m.leftField());
    return m.right() == null
        ? left
        : OracleGraph.messageRow(m, left, shape(r, m.right(), m.rightField()));
  }

  private Message message(Choices c, Edges r, String out) {
    MessageOp op = c.of(List.of(MessageOp.values()));
    if (op == MessageOp.COPY) {
      Target from = c.of(List.of(Target.U, Target.E));
      return new Message(op, from, field(c, r, from), null, null, out);
    }
    List<Target> targets = new ArrayList<>(List.of(Target.values()));
    Target left = targets.remove(c.below(3));
    String leftField = field(c, r, left);
    Target right = c.of(targets);
    for (int attempt = 0; attempt < 3; attempt++) {
      String rightField = op == MessageOp.DIV ? "w" : field(c, r, right);
      Message m = new Message(op, left, leftField, right, rightField, out);
      if (row(r, m) != null) {
        return m;
      }
    }
    return copy(out);
  }

  private String field(Choices c, Edges r, Target target) {
    return c.of(List.copyOf(shapes.get(owner(r, target)).keySet()));
  }

  private static Step.Call call(Choices c, Edges r, Message m, boolean mayApply) {
    Reduce reduce = new Reduce(c.of(List.of(Reducer.values())), "m", "a");
    boolean reduceUdf = c.oneIn(3);
    boolean messageUdf = c.oneIn(3);
    boolean called = !reduceUdf || r.count() > 0;
    return new Step.Call(m, reduce, messageUdf, reduceUdf, mayApply && called && c.oneIn(4));
  }

  private static Step.Call plain(Step.Call call) {
    return new Step.Call(call.message(), call.reduce(), call.messageUdf(), false, call.doubled());
  }

  private static Step.Call to(Step.Call call, String out) {
    Reduce r = call.reduce();
    return new Step.Call(
        call.message(),
        new Reduce(r.reducer(), r.message(), out),
        call.messageUdf(),
        call.reduceUdf(),
        call.doubled());
  }

  private static Message renamed(Message m, String out) {
    return new Message(m.op(), m.left(), m.leftField(), m.right(), m.rightField(), out);
  }

  /** A result's name: of a field that may be replaced, or whose rows may be. */
  private String name(Choices c, String owner, List<Integer> row, boolean replaces) {
    List<String> names = new ArrayList<>();
    for (String n : List.of("a", "b", "h", "p" + row)) {
      List<Integer> old = shapes.get(owner).get(n);
      if (row.equals(old) || (!n.equals("h") && (replaces || old == null))) {
        names.add(n);
      }
    }
    return c.of(names);
  }
}
