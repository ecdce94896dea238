package io.relata.tck.program;

import io.relata.Tensor;
import io.relata.graph.EdgeFunction;
import io.relata.graph.EdgeSoftmax;
import io.relata.graph.Message;
import io.relata.graph.NodeFunction;
import io.relata.graph.Reduce;
import io.relata.graph.Update;
import io.relata.hetero.CrossReducer;
import io.relata.hetero.EdgeView;
import io.relata.hetero.HeteroGraph;
import io.relata.hetero.RelationView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The steps of a program as calls of Relata. */
final class EngineCalls {
  private final HeteroGraph graph;

  EngineCalls(HeteroGraph graph) {
    this.graph = graph;
  }

  void run(Step step) {
    switch (step) {
      case Step.Update s -> update(s);
      case Step.Apply s -> applyEdges(s);
      case Step.Multi s -> multi(s);
      case Step.Everywhere s -> graph.updateAll(s.message(), s.reduce());
      case Step.Softmax s -> softmax(s);
      case Step.JointSoftmax s -> jointSoftmax(s);
      case Step.Scoped _, Step.OnSubgraph _ -> throw new AssertionError("holds steps of its own");
    }
  }

  private void update(Step.Update s) {
    RelationView r = graph.relation(s.relation());
    EdgeFunction m = message(s.call().message(), s.call().messageUdf());
    NodeFunction reduce = reduce(s.call());
    switch (s.reach()) {
      case ALL -> r.updateAll(m, reduce, s.call().doubled() ? doubled(s.call().out()) : null);
      case SEND_AND_RECV -> r.sendAndRecv(ints(s.ids()), m, reduce);
      case PUSH -> r.push(ints(s.ids()), m, reduce);
      case PULL -> r.pull(ints(s.ids()), m, reduce);
    }
  }

  private void applyEdges(Step.Apply s) {
    RelationView r = graph.relation(s.relation());
    EdgeFunction m = message(s.message(), s.udf());
    if (s.ids() == null) {
      r.applyEdges(m);
    } else {
      r.applyEdges(m, ints(s.ids()));
    }
  }

  private void multi(Step.Multi s) {
    Map<String, Update> updates = new LinkedHashMap<>();
    s.calls()
        .forEach(
            (key, call) ->
                updates.put(
                    key,
                    new Update(
                        message(call.message(), call.messageUdf()),
                        reduce(call),
                        call.doubled() ? doubled(call.out()) : null)));
    NodeFunction apply =
        s.doubled() && !updates.isEmpty()
            ? doubled(s.calls().values().iterator().next().out())
            : null;
    graph.multiUpdateAll(updates, cross(s.cross()), apply);
  }

  private void softmax(Step.Softmax s) {
    RelationView r = graph.relation(s.relation());
    EdgeView edges = r.edges();
    Tensor logits = edges.get(s.field());
    if (s.ids() == null) {
      edges.set(s.out(), EdgeSoftmax.of(r.adjacency(), s.by(), logits));
      return;
    }
    Tensor ids = graph.relata().tensor(ints(s.ids()));
    Tensor part =
        EdgeSoftmax.ofEdges(r.adjacency(), s.by(), ints(s.ids()), logits.indexSelect(0, ids));
    Tensor zeros = graph.relata().zeros(logits.dtype(), logits.shape().dims());
    edges.set(s.out(), zeros.indexAdd(ids, part));
  }

  private void jointSoftmax(Step.JointSoftmax s) {
    Map<String, Tensor> logits = new LinkedHashMap<>();
    s.relations().forEach(key -> logits.put(key, graph.edges(key).get(s.field())));
    graph
        .edgeSoftmax(logits, s.by())
        .forEach((type, t) -> graph.edges(type.toString()).set(s.out(), t));
  }

  private static EdgeFunction message(Message m, boolean udf) {
    return udf ? edges -> m.apply(edges) : m;
  }

  private static NodeFunction reduce(Step.Call call) {
    Reduce r = call.reduce();
    return call.reduceUdf() ? nodes -> r.apply(nodes) : r;
  }

  private static NodeFunction doubled(String field) {
    return nodes -> Map.of(field, nodes.data(field).mul(2));
  }

  private static CrossReducer cross(Step.Cross cross) {
    return switch (cross) {
      case SUM -> CrossReducer.SUM;
      case MEAN -> CrossReducer.MEAN;
      case MEAN_NONEMPTY -> CrossReducer.MEAN_NONEMPTY;
      case MAX -> CrossReducer.MAX;
      case MIN -> CrossReducer.MIN;
      case STACK -> CrossReducer.STACK;
      case CONCAT -> CrossReducer.CONCAT;
      case WEIGHTED -> EngineCalls::weighted;
    };
  }

  private static Tensor weighted(List<CrossReducer.Result> results) {
    Tensor sum = results.getFirst().value();
    for (int i = 1; i < results.size(); i++) {
      sum = sum.add(results.get(i).value().mul(i + 1));
    }
    return sum;
  }

  static int[] ints(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
