package io.relata;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One step of the recorded computation: how the gradient of its result becomes those of its inputs.
 */
final class GradNode {
  private static final AtomicLong SEQUENCE = new AtomicLong();

  /** Later operations have larger numbers; leaves have -1, so that they come last. */
  final long sequence;

  final String op;

  /** The tensor that wants the gradient, for a leaf; else null. */
  final Tensor leaf;

  final GradNode[] next;
  private SummingBackward backward;

  /** Memory that nobody but the rules reads any more, the operation's own included. */
  private final List<BlockPool.Block> spent = new ArrayList<>();

  GradNode(Tensor leaf) {
    this.sequence = -1;
    this.op = "leaf";
    this.leaf = leaf;
    this.next = new GradNode[0];
  }

  GradNode(String op, SummingBackward backward, Tensor... inputs) {
    this.sequence = SEQUENCE.getAndIncrement();
    this.op = op;
    this.leaf = null;
    this.backward = backward;
    this.next = new GradNode[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      next[i] = inputs[i] == null ? null : inputs[i].gradNode();
    }
  }

  Tensor[] apply(Tensor gradient, GradientSums sums) {
    if (backward == null) {
      throw RelataException.of(ErrorId.GRADIENT, "The recorded computation was already walked back")
          .where("operation " + op)
          .remedy("run the forward pass again, or call backward(gradient, true) the first time")
          .build();
    }
    return backward.gradients(gradient, sums);
  }

  /** The memory of a tensor comes back when the record lets go of this node. */
  void frees(Tensor t) {
    if (t.array().storage() instanceof BlockPool.Block b) {
      spent.add(b);
    }
  }

  /** Whether a tensor lies in such memory, which is then the caller's. */
  boolean takes(Tensor t) {
    return spent.remove(t.array().storage());
  }

  void release(Relata relata) {
    backward = null;
    spent.forEach(relata.pool()::freeWalked);
    spent.clear();
  }
}
