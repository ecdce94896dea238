package io.relata;

import io.relata.spi.Storage;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Walks a recorded computation back, latest operation first, so that a node is reached only when
 * all gradients of its result have arrived. Sums are made in that order, which is the same in every
 * run.
 *
 * <p>The memory of a gradient that rules made is the walk's own: one gradient alone in its memory
 * may be added to, one that is consumed is freed. So is what a rule makes beside its answers.
 */
final class BackwardPass {
  private final Map<GradNode, Tensor> pending = new IdentityHashMap<>();

  /** How many gradients under way lie in a memory that rules made; the caller's is not here. */
  private final Map<Storage, Integer> held = new IdentityHashMap<>();

  private final PriorityQueue<GradNode> queue =
      new PriorityQueue<>((a, b) -> Long.compare(b.sequence, a.sequence));

  private final boolean retainGraph;

  private BackwardPass(boolean retainGraph) {
    this.retainGraph = retainGraph;
  }

  static void run(Tensor root, Tensor gradient, boolean retainGraph) {
    BackwardPass pass = new BackwardPass(retainGraph);
    try (NoGrad _ = new NoGrad()) {
      pass.add(root.gradNode(), gradient);
      while (!pass.queue.isEmpty()) {
        pass.step(pass.queue.poll());
      }
    }
  }

  private void step(GradNode node) {
    Tensor gradient = pending.remove(node);
    if (node.leaf != null) {
      if (node.leaf.accumulateGrad(gradient, isAlone(gradient) && fills(gradient))) {
        held.remove(storage(gradient));
      } else {
        release(gradient);
      }
      return;
    }
    Tensor[] results = answers(node, gradient);
    if (!retainGraph) {
      node.release(gradient.relata());
    }
    release(gradient);
    for (int i = 0; i < node.next.length; i++) {
      if (node.next[i] != null && results[i] != null) {
        add(node.next[i], results[i]);
      }
    }
  }

  /**
   * A rule's answers, counted where their memory is the walk's own: it was made by the rule, was
   * the operation's own, or is that of the gradient. What the rule makes beside them comes back
   * with the scope.
   */
  private Tensor[] answers(GradNode node, Tensor gradient) {
    try (Scope inside = gradient.relata().scope()) {
      Tensor[] answers =
          node.apply(gradient, new GradientSums(this, node, isAlone(gradient), !retainGraph));
      for (int i = 0; i < node.next.length; i++) {
        Tensor t = answers[i];
        if (node.next[i] != null && t != null) {
          boolean fresh = t.isOf(inside);
          if (fresh) {
            t.keep();
          }
          boolean taken = !retainGraph && node.takes(t);
          if (fresh || taken || held.containsKey(storage(t))) {
            held.merge(storage(t), 1, Integer::sum);
          }
        }
      }
      return answers;
    }
  }

  private void add(GradNode node, Tensor gradient) {
    Tensor sum = pending.get(node);
    if (sum == null) {
      pending.put(node, gradient);
      queue.add(node);
    } else if (isAlone(sum)) {
      sum.relata().kernels().axpy(1, gradient, sum);
      release(gradient);
    } else {
      Tensor fresh = sum.add(gradient);
      held.put(storage(fresh), 1);
      pending.put(node, fresh);
      release(sum);
      release(gradient);
    }
  }

  /** The sum for a node so far where nothing else lies in its memory, or null. */
  Tensor soFar(GradNode node) {
    Tensor sum = node == null ? null : pending.get(node);
    return sum != null && isAlone(sum) ? sum : null;
  }

  private static Storage storage(Tensor t) {
    return t.array().storage();
  }

  private boolean isAlone(Tensor gradient) {
    return held.getOrDefault(storage(gradient), 0) == 1;
  }

  /** Whether little of its memory is left over, as where it is a part of something larger. */
  private static boolean fills(Tensor gradient) {
    return BlockPool.sizeClass(gradient.array().bytes()) == storage(gradient).bytes();
  }

  /** A gradient is consumed: its memory comes back when nothing else under way lies there. */
  private void release(Tensor gradient) {
    Integer count = held.get(storage(gradient));
    if (count == null) {
      return;
    }
    if (count > 1) {
      held.put(storage(gradient), count - 1);
    } else {
      held.remove(storage(gradient));
      gradient.free();
    }
  }
}
