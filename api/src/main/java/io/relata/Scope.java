package io.relata;

import java.util.ArrayList;
import java.util.List;

/**
 * Frees, when it closes, the memory of every tensor that this thread made inside it, except those
 * kept and the gradients of outer tensors. Scopes nest; they make memory come back at once instead
 * of after a garbage collection, and are never required.
 *
 * <p>Scopes closed in another order than they nest free what each of them made, and leave none
 * behind: what is made next belongs to the innermost scope that is still open.
 */
public final class Scope implements AutoCloseable {
  private final Relata relata;
  private final Scope parent;
  private final Thread thread;
  private List<BlockPool.Block> blocks = new ArrayList<>();

  Scope(Relata relata, Scope parent) {
    this.relata = relata;
    this.parent = parent;
    this.thread = Thread.currentThread();
  }

  synchronized void adopt(BlockPool.Block block) {
    block.scope = this;
    if (blocks != null) {
      blocks.add(block);
    }
  }

  Scope parent() {
    return parent;
  }

  /** The innermost scope around this one that is still open, or null. */
  Scope openParent() {
    Scope s = parent;
    while (s != null && s.isClosed()) {
      s = s.parent;
    }
    return s;
  }

  private synchronized boolean isClosed() {
    return blocks == null;
  }

  @Override
  public void close() {
    if (Thread.currentThread() != thread) {
      throw RelataException.of(ErrorId.LIFETIME, "A scope was closed by another thread")
          .expected(thread.getName())
          .found(Thread.currentThread().getName())
          .build();
    }
    List<BlockPool.Block> mine;
    synchronized (this) {
      mine = blocks;
      blocks = null;
    }
    if (mine == null) {
      return;
    }
    relata.leave(this);
    for (BlockPool.Block b : mine) {
      if (b.scope == this) {
        relata.pool().free(b);
      }
    }
  }
}
