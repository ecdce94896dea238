package io.relata.tck.program;

import io.relata.graph.Message;
import io.relata.graph.NormBy;
import io.relata.graph.Reduce;
import java.util.List;
import java.util.Map;

/** One call of a random program. */
sealed interface Step {
  /**
   * A message and a reduce function.
   *
   * @param messageUdf whether the message is given as a user-defined function
   * @param reduceUdf whether the reducer is
   * @param doubled whether an apply function doubles the result
   */
  record Call(
      Message message, Reduce reduce, boolean messageUdf, boolean reduceUdf, boolean doubled) {
    String out() {
      return reduce.out();
    }

    @Override
    public String toString() {
      return (messageUdf ? "udf " : "")
          + message
          + ", "
          + (reduceUdf ? "udf " : "")
          + reduce
          + (doubled ? ", then doubled" : "");
    }
  }

  /** Which edges an update goes along. */
  enum Reach {
    ALL,
    SEND_AND_RECV,
    PUSH,
    PULL
  }

  /** How relations are combined. */
  enum Cross {
    SUM,
    MEAN,
    MEAN_NONEMPTY,
    MAX,
    MIN,
    STACK,
    CONCAT,
    /** A function of the user: the i-th relation counts i + 1 times. */
    WEIGHTED
  }

  /** One relation's update; ids are those of edges or nodes. */
  record Update(String relation, Call call, Reach reach, List<Integer> ids) implements Step {}

  /** New edge fields, of all edges where ids is null. */
  record Apply(String relation, Message message, boolean udf, List<Integer> ids) implements Step {}

  /** Several relations; doubled: the apply function of the whole call. */
  record Multi(Map<String, Call> calls, Cross cross, boolean doubled) implements Step {}

  /** One pair of built-in functions over all relations. */
  record Everywhere(Message message, Reduce reduce) implements Step {}

  /** Softmax of one relation's edges, all where ids is null; the result is 0 elsewhere. */
  record Softmax(String relation, String field, NormBy by, List<Integer> ids, String out)
      implements Step {}

  /** Softmax over the edges of several relations together. */
  record JointSoftmax(List<String> relations, String field, NormBy by, String out)
      implements Step {}

  /** Steps whose results are forgotten. */
  record Scoped(List<Step> steps) implements Step {}

  /** Steps on the part that some nodes induce. */
  record OnSubgraph(Map<String, List<Integer>> nodes, List<Step> steps) implements Step {}
}
