package io.relata.tck.program;

import io.relata.graph.Message;
import io.relata.graph.NormBy;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import io.relata.tck.program.Schema.Edges;
import io.relata.tck.program.Tape.Num;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What docs/semantics.md says, in loops over edge lists and single numbers. */
final class OracleGraph {
  /** A feature: the shape of a row, and each row's numbers. */
  record Field(List<Integer> row, List<List<Num>> rows) {}

  private final Schema schema;
  private final Tape tape;
  private Map<String, Map<String, Field>> fields = new TreeMap<>();

  OracleGraph(Schema schema, Tape tape) {
    this.schema = schema;
    this.tape = tape;
    schema.nodes().keySet().forEach(t -> fields.put(t, new TreeMap<>()));
    schema.relations().forEach(r -> fields.put(r.key(), new TreeMap<>()));
  }

  Schema schema() {
    return schema;
  }

  Map<String, Field> fields(String owner) {
    return fields.get(owner);
  }

  Map<String, Map<String, Field>> snapshot() {
    Map<String, Map<String, Field>> copy = new TreeMap<>();
    fields.forEach((owner, f) -> copy.put(owner, new TreeMap<>(f)));
    return copy;
  }

  void restore(Map<String, Map<String, Field>> snapshot) {
    fields = snapshot;
  }

  /** The part that some nodes induce, with their features. */
  OracleGraph induced(Map<String, List<Integer>> nodes) {
    Schema.Part part = schema.induced(nodes);
    OracleGraph sub = new OracleGraph(part.schema(), tape);
    fields.forEach(
        (owner, f) -> {
          List<Integer> ids =
              schema.nodes().containsKey(owner)
                  ? nodes.getOrDefault(owner, List.of())
                  : part.edges().get(owner);
          f.forEach((name, x) -> sub.fields(owner).put(name, gathered(x, ids)));
        });
    return sub;
  }

  private static Field gathered(Field f, List<Integer> ids) {
    return new Field(f.row, ids.stream().map(f.rows::get).toList());
  }

  // ---- steps ----

  void run(Step step) {
    switch (step) {
      case Step.Update s -> update(s);
      case Step.Apply s -> applyEdges(s);
      case Step.Multi s -> multi(s.calls(), s.cross(), s.doubled());
      case Step.Everywhere s -> everywhere(s);
      case Step.Softmax s -> softmax(s);
      case Step.JointSoftmax s -> jointSoftmax(s);
      case Step.Scoped _, Step.OnSubgraph _ -> throw new AssertionError("holds steps of its own");
    }
  }

  private void update(Step.Update s) {
    Edges r = schema.relation(s.relation());
    IntPredicate travels =
        switch (s.reach()) {
          case ALL -> _ -> true;
          case SEND_AND_RECV -> s.ids()::contains;
          case PUSH -> e -> s.ids().contains(r.src().get(e));
          case PULL -> e -> s.ids().contains(r.dst().get(e));
        };
    List<Integer> edges =
        s.reach() == Step.Reach.SEND_AND_RECV
            ? s.ids()
            : IntStream.range(0, r.count()).filter(travels).boxed().toList();
    if (s.call().reduceUdf() && edges.isEmpty()) {
      return; // The function is never called, so nothing is known of its result.
    }
    Field result = reduced(r, s.call(), edges);
    List<Integer> written =
        switch (s.reach()) {
          case ALL -> IntStream.range(0, result.rows.size()).boxed().toList();
          case PULL -> s.ids();
          case PUSH, SEND_AND_RECV -> edges.stream().map(r.dst()::get).toList();
        };
    writeRows(r.destination(), s.call().out(), result, written);
  }

  private void writeRows(String owner, String name, Field result, List<Integer> written) {
    Field old = fields(owner).get(name);
    List<List<Num>> rows = new ArrayList<>();
    for (int i = 0; i < result.rows.size(); i++) {
      rows.add(
          written.contains(i)
              ? result.rows.get(i)
              : old == null ? zeros(result.row) : old.rows.get(i));
    }
    fields(owner).put(name, new Field(result.row, rows));
  }

  private void applyEdges(Step.Apply s) {
    Edges r = schema.relation(s.relation());
    List<Integer> all = IntStream.range(0, r.count()).boxed().toList();
    Field result = messages(r, s.message(), all);
    writeRows(s.relation(), s.message().out(), result, s.ids() == null ? all : s.ids());
  }

  private record Delivered(Field value, List<Integer> degrees) {}

  private void multi(Map<String, Step.Call> calls, Step.Cross cross, boolean doubled) {
    Map<String, List<Delivered>> byType = new LinkedHashMap<>();
    Map<String, String> out = new TreeMap<>();
    for (Edges r : schema.relations()) {
      Step.Call call = calls.get(r.key());
      if (call != null) {
        out.put(r.destination(), call.out());
        List<Integer> all = IntStream.range(0, r.count()).boxed().toList();
        byType
            .computeIfAbsent(r.destination(), _ -> new ArrayList<>())
            .add(new Delivered(reduced(r, call, all), degrees(r)));
      }
    }
    Map<String, Field> results = new TreeMap<>();
    byType.forEach(
        (type, delivered) -> {
          Field f = combined(delivered, cross);
          results.put(type, doubled ? doubled(f) : f);
        });
    results.forEach((type, f) -> fields(type).put(out.get(type), f));
  }

  private List<Integer> degrees(Edges r) {
    int[] degrees = new int[schema.nodes().get(r.destination())];
    r.dst().forEach(v -> degrees[v]++);
    return IntStream.of(degrees).boxed().toList();
  }

  private Field combined(List<Delivered> delivered, Step.Cross cross) {
    List<Integer> row = new ArrayList<>(delivered.getFirst().value.row);
    int k = delivered.size();
    switch (cross) {
      case STACK -> row.addFirst(k);
      case CONCAT ->
          row.set(row.size() - 1, delivered.stream().mapToInt(d -> d.value.row.getLast()).sum());
      default -> {}
    }
    List<List<Num>> rows = new ArrayList<>();
    for (int v = 0; v < delivered.getFirst().degrees.size(); v++) {
      int node = v;
      List<List<Num>> here = delivered.stream().map(d -> d.value.rows.get(node)).toList();
      List<Num> joined = new ArrayList<>();
      if (cross == Step.Cross.STACK) {
        here.forEach(joined::addAll);
      } else if (cross == Step.Cross.CONCAT) {
        int blocks = size(row) / row.getLast();
        for (int b = 0; b < blocks; b++) {
          for (int i = 0; i < k; i++) {
            int last = delivered.get(i).value.row.getLast();
            joined.addAll(here.get(i).subList(b * last, (b + 1) * last));
          }
        }
      } else {
        List<Boolean> received = delivered.stream().map(d -> d.degrees.get(node) > 0).toList();
        for (int i = 0; i < size(row); i++) {
          int position = i;
          joined.add(crossed(here.stream().map(h -> h.get(position)).toList(), received, cross));
        }
      }
      rows.add(joined);
    }
    return new Field(row, rows);
  }

  private Num crossed(List<Num> values, List<Boolean> received, Step.Cross cross) {
    List<Num> there = new ArrayList<>();
    List<Num> weighted = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (received.get(i)) {
        there.add(values.get(i));
      }
      weighted.add(tape.times(values.get(i), i + 1));
    }
    return switch (cross) {
      case SUM -> tape.sum(values);
      case MEAN -> tape.times(tape.sum(values), 1.0 / values.size());
      case MEAN_NONEMPTY -> tape.times(tape.sum(there), 1.0 / Math.max(1, there.size()));
      case MAX -> tape.extreme(there, true);
      case MIN -> tape.extreme(there, false);
      case WEIGHTED -> tape.sum(weighted);
      case STACK, CONCAT -> throw new AssertionError(cross);
    };
  }

  /** All messages that enter a node, whatever the relation, are reduced together. */
  private void everywhere(Step.Everywhere s) {
    Map<String, Field> results = new TreeMap<>();
    for (String type : schema.nodes().keySet()) {
      List<Edges> into =
          schema.relations().stream().filter(r -> r.destination().equals(type)).toList();
      if (into.isEmpty()) {
        continue;
      }
      List<List<List<Num>>> boxes = boxes(schema.nodes().get(type));
      List<Integer> row = null;
      for (Edges r : into) {
        List<Integer> all = IntStream.range(0, r.count()).boxed().toList();
        Field m = messages(r, s.message(), all);
        row = m.row;
        all.forEach(e -> boxes.get(r.dst().get(e)).add(m.rows.get(e)));
      }
      results.put(type, reduced(boxes, row, s.reduce().reducer()));
    }
    results.forEach((type, f) -> fields(type).put(s.reduce().out(), f));
  }

  private void softmax(Step.Softmax s) {
    Edges r = schema.relation(s.relation());
    Field logits = fields(s.relation()).get(s.field());
    List<Integer> ids = s.ids() == null ? IntStream.range(0, r.count()).boxed().toList() : s.ids();
    List<Integer> ends = s.by() == NormBy.SOURCE ? r.src() : r.dst();
    List<List<Num>> rows = normalised(gathered(logits, ids), ids.stream().map(ends::get).toList());
    List<List<Num>> out = new ArrayList<>();
    for (int e = 0; e < r.count(); e++) {
      out.add(ids.contains(e) ? rows.get(ids.indexOf(e)) : zeros(logits.row));
    }
    fields(s.relation()).put(s.out(), new Field(logits.row, out));
  }

  private void jointSoftmax(Step.JointSoftmax s) {
    List<String> ends = new ArrayList<>();
    List<List<Num>> rows = new ArrayList<>();
    for (String key : s.relations()) {
      Edges r = schema.relation(key);
      boolean bySource = s.by() == NormBy.SOURCE;
      (bySource ? r.src() : r.dst())
          .forEach(v -> ends.add((bySource ? r.source() : r.destination()) + v));
      rows.addAll(fields(key).get(s.field()).rows);
    }
    List<Integer> row = fields(s.relations().getFirst()).get(s.field()).row;
    List<List<Num>> all = normalised(new Field(row, rows), ends);
    int at = 0;
    for (String key : s.relations()) {
      int n = schema.relation(key).count();
      fields(key).put(s.out(), new Field(row, List.copyOf(all.subList(at, at + n))));
      at += n;
    }
  }

  /** Each row's share among the rows with the same end. */
  private List<List<Num>> normalised(Field logits, List<?> ends) {
    List<List<Num>> out = new ArrayList<>();
    for (int e = 0; e < ends.size(); e++) {
      List<Num> shares = new ArrayList<>();
      for (int i = 0; i < size(logits.row); i++) {
        List<Num> group = new ArrayList<>();
        for (int other = 0; other < ends.size(); other++) {
          if (ends.get(other).equals(ends.get(e))) {
            group.add(logits.rows.get(other).get(i));
          }
        }
        double max = group.stream().mapToDouble(n -> n.value).max().orElseThrow();
        if (max == Double.NEGATIVE_INFINITY) {
          shares.add(tape.input(0));
        } else {
          Num total = tape.sum(group.stream().map(n -> tape.exp(n, max)).toList());
          shares.add(tape.div(tape.exp(logits.rows.get(e).get(i), max), total));
        }
      }
      out.add(shares);
    }
    return out;
  }

  // ---- messages and reducers ----

  private List<Num> zeros(List<Integer> row) {
    return IntStream.range(0, size(row)).mapToObj(_ -> tape.input(0)).toList();
  }

  private Field doubled(Field f) {
    return new Field(
        f.row, f.rows.stream().map(r -> r.stream().map(n -> tape.times(n, 2)).toList()).toList());
  }

  private static List<List<List<Num>>> boxes(int nodes) {
    List<List<List<Num>>> boxes = new ArrayList<>();
    IntStream.range(0, nodes).forEach(_ -> boxes.add(new ArrayList<>()));
    return boxes;
  }

  private Field reduced(Edges r, Step.Call call, List<Integer> edges) {
    Field m = messages(r, call.message(), edges);
    List<List<List<Num>>> boxes = boxes(schema.nodes().get(r.destination()));
    for (int i = 0; i < edges.size(); i++) {
      boxes.get(r.dst().get(edges.get(i))).add(m.rows.get(i));
    }
    Field f = reduced(boxes, m.row, call.reduce().reducer());
    return call.doubled() ? doubled(f) : f;
  }

  private Field reduced(List<List<List<Num>>> boxes, List<Integer> row, Reducer reducer) {
    List<List<Num>> rows = new ArrayList<>();
    for (List<List<Num>> box : boxes) {
      List<Num> out = new ArrayList<>();
      for (int i = 0; i < size(row); i++) {
        int position = i;
        List<Num> parts = box.stream().map(m -> m.get(position)).toList();
        out.add(
            switch (reducer) {
              case SUM -> tape.sum(parts);
              case MEAN -> tape.times(tape.sum(parts), 1.0 / Math.max(1, parts.size()));
              case MAX -> tape.extreme(parts, true);
              case MIN -> tape.extreme(parts, false);
            });
      }
      rows.add(out);
    }
    return new Field(row, rows);
  }

  private Field messages(Edges r, Message m, List<Integer> edges) {
    Field left = operand(r, m.left(), m.leftField(), edges);
    if (m.right() == null) {
      return left;
    }
    Field right = operand(r, m.right(), m.rightField(), edges);
    List<Integer> full = broadcast(left.row, right.row);
    boolean dot = m.op() == MessageOp.DOT && !full.isEmpty();
    List<List<Num>> rows = new ArrayList<>();
    for (int e = 0; e < edges.size(); e++) {
      List<Num> out = new ArrayList<>();
      for (int i = 0; i < size(full); i++) {
        Num a = left.rows.get(e).get(offset(full, left.row, i));
        Num b = right.rows.get(e).get(offset(full, right.row, i));
        out.add(
            switch (m.op()) {
              case ADD -> tape.add(a, b);
              case SUB -> tape.sub(a, b);
              case MUL, DOT -> tape.mul(a, b);
              case DIV -> tape.div(a, b);
              case COPY -> throw new AssertionError("copy has one operand");
            });
      }
      rows.add(dot ? contracted(out, full.getLast()) : out);
    }
    return new Field(dot ? messageRow(m, left.row, right.row) : full, rows);
  }

  private List<Num> contracted(List<Num> products, int last) {
    List<Num> out = new ArrayList<>();
    for (int i = 0; i < products.size(); i += last) {
      out.add(tape.sum(products.subList(i, i + last)));
    }
    return out;
  }

  private Field operand(Edges r, Target target, String field, List<Integer> edges) {
    return switch (target) {
      case U -> gathered(fields(r.source()).get(field), edges.stream().map(r.src()::get).toList());
      case V ->
          gathered(fields(r.destination()).get(field), edges.stream().map(r.dst()::get).toList());
      case E -> gathered(fields(r.key()).get(field), edges);
    };
  }

  // ---- shapes ----

  static int size(List<Integer> row) {
    return row.stream().reduce(1, (a, b) -> a * b);
  }

  /** The common shape, aligned at the last axis; null where there is none. */
  static List<Integer> broadcast(List<Integer> a, List<Integer> b) {
    int rank = Math.max(a.size(), b.size());
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int x = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
      int y = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      out.add(Math.max(x, y));
    }
    return out;
  }

  /** The shape of a message's row; null where the operands do not fit. */
  static List<Integer> messageRow(Message m, List<Integer> left, List<Integer> right) {
    if (m.right() == null) {
      return left;
    }
    List<Integer> full = broadcast(left, right);
    if (m.op() != MessageOp.DOT || full == null || full.isEmpty()) {
      return full;
    }
    if (left.isEmpty() || right.isEmpty() || !left.getLast().equals(right.getLast())) {
      return null;
    }
    List<Integer> row = new ArrayList<>(full);
    row.set(row.size() - 1, 1);
    return row;
  }

  private static int offset(List<Integer> full, List<Integer> row, int position) {
    int at = 0;
    int stride = 1;
    int rest = position;
    for (int i = 1; i <= full.size(); i++) {
      int index = rest % full.get(full.size() - i);
      rest /= full.get(full.size() - i);
      if (i <= row.size()) {
        int n = row.get(row.size() - i);
        at += (n == 1 ? 0 : index) * stride;
        stride *= n;
      }
    }
    return at;
  }
}
