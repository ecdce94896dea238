package io.relata;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Walks a recorded computation back, latest operation first, so that a node is reached only when
 * all gradients of its result have arrived. Sums are made in that order, which is the same in every
 * run.
 */
final class BackwardPass {
  /** A gradient under way; {@code owned} where nobody else looks at its memory. */
  private static final class Pending {
    Tensor sum;
    boolean owned;
  }

  private final Map<GradNode, Pending> pending = new IdentityHashMap<>();
  private final PriorityQueue<GradNode> queue =
      new PriorityQueue<>((a, b) -> Long.compare(b.sequence, a.sequence));

  private BackwardPass() {}

  static void run(Tensor root, Tensor gradient, boolean retainGraph) {
    BackwardPass pass = new BackwardPass();
    try (NoGrad _ = new NoGrad()) {
      pass.add(root.gradNode(), gradient, false);
      while (!pass.queue.isEmpty()) {
        pass.step(pass.queue.poll(), retainGraph);
      }
    }
  }

  private void step(GradNode node, boolean retainGraph) {
    Pending p = pending.remove(node);
    if (node.leaf != null) {
      node.leaf.accumulateGrad(p.sum, p.owned);
      return;
    }
    Tensor[] results = node.apply(p.sum);
    if (!retainGraph) {
      node.release();
    }
    for (int i = 0; i < node.next.length; i++) {
      if (node.next[i] != null && results[i] != null) {
        boolean fresh = results[i].array().storage() != p.sum.array().storage();
        for (int j = 0; j < results.length && fresh; j++) {
          fresh =
              j == i
                  || results[j] == null
                  || results[j].array().storage() != results[i].array().storage();
        }
        add(node.next[i], results[i], fresh);
      }
    }
  }

  private void add(GradNode node, Tensor gradient, boolean fresh) {
    Pending p = pending.get(node);
    if (p == null) {
      p = new Pending();
      p.sum = gradient;
      p.owned = fresh;
      pending.put(node, p);
      queue.add(node);
    } else if (p.owned) {
      p.sum.relata().kernels().axpy(1, gradient, p.sum);
    } else {
      p.sum = p.sum.add(gradient);
      p.owned = true;
    }
  }
}
