package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.GraphOps;
import io.relata.graph.Message;
import io.relata.graph.NodeFunction;
import io.relata.graph.Reduce;
import io.relata.graph.Term;
import io.relata.graph.Update;
import io.relata.spi.Reducer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Message passing along several relations at once. Sums (and means) of sums and means go into one
 * result that every relation adds to; other combinations make one result per relation first.
 */
final class MultiPass {
  private final HeteroGraph graph;

  MultiPass(HeteroGraph graph) {
    this.graph = graph;
  }

  /** One listed relation. */
  private record Listed(Relation relation, Update update) {
    Reducer fusedReducer() {
      return update.message() instanceof Message
              && update.reduce() instanceof Reduce r
              && update.apply() == null
          ? r.reducer()
          : null;
    }

    boolean adds() {
      Reducer r = fusedReducer();
      return r == Reducer.SUM || r == Reducer.MEAN;
    }
  }

  void run(Map<EdgeType, Update> updates, CrossReducer cross, NodeFunction apply) {
    run(updates, cross, false, apply);
  }

  private void run(
      Map<EdgeType, Update> updates, CrossReducer cross, boolean overDegrees, NodeFunction apply) {
    Map<String, List<Listed>> byDestination = new TreeMap<>();
    updates.forEach(
        (type, update) ->
            byDestination
                .computeIfAbsent(type.destination(), _ -> new ArrayList<>())
                .add(new Listed(graph.find(type), update)));
    Map<String, Map<String, Tensor>> results = new LinkedHashMap<>();
    byDestination.forEach(
        (type, listed) -> {
          Map<String, Tensor> fields = combine(listed, cross);
          if (overDegrees) {
            fields.replaceAll((_, sum) -> overDegrees(type, sum));
          }
          results.put(
              type,
              apply == null
                  ? fields
                  : new Pass(graph, listed.getFirst().relation).applied(apply, fields));
        });
    write(results);
  }

  private void write(Map<String, Map<String, Tensor>> results) {
    results.forEach((type, fields) -> fields.forEach(graph.dstFrame(type)::check));
    results.forEach((type, fields) -> fields.forEach(graph.dstFrame(type)::set));
  }

  private Map<String, Tensor> combine(List<Listed> listed, CrossReducer cross) {
    boolean added = cross == CrossReducer.SUM || cross == CrossReducer.MEAN;
    if (added && listed.stream().allMatch(Listed::adds)) {
      return sums(listed, cross == CrossReducer.MEAN);
    }
    List<Map<String, Tensor>> delivered = new ArrayList<>();
    Map<String, Tensor> known = new LinkedHashMap<>();
    for (Listed l : listed) {
      Map<String, Tensor> fields = new Pass(graph, l.relation).run(l.update);
      delivered.add(fields);
      fields.forEach(known::putIfAbsent);
    }
    Map<String, List<CrossReducer.Result>> byField = new LinkedHashMap<>();
    for (int i = 0; i < listed.size(); i++) {
      Relation relation = listed.get(i).relation;
      Map<String, Tensor> fields = delivered.get(i);
      // A reduce function that was never called tells no fields; its relation still has a part in
      // those of the others: it counts in a mean and has its slot in a stack.
      if (fields.isEmpty()) {
        fields = new LinkedHashMap<>(known);
        fields.replaceAll((_, t) -> t.relata().zeros(t.dtype(), t.shape().dims()));
      }
      Tensor received = relation.received();
      fields.forEach(
          (field, value) ->
              byField
                  .computeIfAbsent(field, _ -> new ArrayList<>())
                  .add(new CrossReducer.Result(relation.type(), value, received)));
    }
    Map<String, Tensor> combined = new LinkedHashMap<>();
    byField.forEach((field, results) -> combined.put(field, combined(field, results, cross)));
    return combined;
  }

  private static Tensor combined(
      String field, List<CrossReducer.Result> results, CrossReducer cross) {
    CrossReducer.Result first = results.getFirst();
    for (CrossReducer.Result r : results) {
      boolean fits =
          cross == CrossReducer.CONCAT
              ? r.value().shape().rank() == first.value().shape().rank()
              : r.value().shape().equals(first.value().shape());
      if (!fits || r.value().dtype() != first.value().dtype()) {
        throw RelataException.of(ErrorId.SHAPE, "The relations' results cannot be combined")
            .where("field '" + field + "', relation '" + r.relation() + "'")
            .expected(
                first.value().dtype()
                    + " "
                    + first.value().shape()
                    + ", as from relation '"
                    + first.relation()
                    + "'")
            .found(r.value().dtype() + " " + r.value().shape())
            .build();
      }
    }
    return cross.combine(results);
  }

  private Map<String, Tensor> sums(List<Listed> listed, boolean mean) {
    Map<String, List<Term>> byField = new LinkedHashMap<>();
    for (Listed l : listed) {
      Message m = (Message) l.update.message();
      Reduce r = (Reduce) l.update.reduce();
      byField
          .computeIfAbsent(r.out(), _ -> new ArrayList<>())
          .add(new Pass(graph, l.relation).term(m, r));
    }
    Map<String, Tensor> out = new LinkedHashMap<>();
    byField.forEach(
        (field, terms) -> {
          Tensor sum = GraphOps.gspmmSum(terms);
          out.put(field, mean ? sum.div(terms.size()) : sum);
        });
    return out;
  }

  /** One built-in pair over all relations, the reducer working across them. */
  void updateAll(Update update) {
    if (!(update.message() instanceof Message m) || !(update.reduce() instanceof Reduce r)) {
      throw RelataException.of(
              ErrorId.ARGUMENT, "User-defined functions need a relation on a graph of several")
          .expected("built-in functions, or one relation of " + graph.edgeTypes())
          .remedy("use relation(name).updateAll(…), or multiUpdateAll")
          .build();
    }
    Reducer inner = r.reducer() == Reducer.MEAN ? Reducer.SUM : r.reducer();
    Update each = new Update(m, new Reduce(inner, r.message(), r.out()), null);
    Map<EdgeType, Update> all = new TreeMap<>();
    graph.edgeTypes().forEach(t -> all.put(t, each));
    CrossReducer cross =
        switch (r.reducer()) {
          case SUM, MEAN -> CrossReducer.SUM;
          case MAX -> CrossReducer.MAX;
          case MIN -> CrossReducer.MIN;
        };
    run(all, cross, r.reducer() == Reducer.MEAN, update.apply());
  }

  private Tensor overDegrees(String type, Tensor sum) {
    long[] dims = new long[sum.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = sum.dim(0);
    return sum.div(graph.inDegrees(type).to(sum.dtype()).reshape(dims));
  }
}
