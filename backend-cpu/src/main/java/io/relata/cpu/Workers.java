package io.relata.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * The threads that share kernels' work: the caller and a fixed number of daemons that spin for a
 * moment before they sleep, because handing a task to a sleeping thread costs more than a small
 * kernel. Tasks are taken in ascending order; which thread runs which must not matter to the
 * result. A caller that finds the workers busy with another caller's region does all of its own
 * work itself.
 */
public final class Workers implements AutoCloseable {
  /** Spins before sleeping, some tens of microseconds. */
  private static final int SPINS = 4_000;

  private final ReentrantLock region = new ReentrantLock();
  private final Thread[] threads;
  private volatile Region current;
  private volatile boolean closed;

  private static final class Region {
    final IntConsumer body;
    final int tasks;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();
    volatile Throwable failure;

    Region(IntConsumer body, int tasks) {
      this.body = body;
      this.tasks = tasks;
    }

    void work() {
      try {
        for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
          body.accept(i);
        }
      } catch (Throwable e) {
        failure = e;
        next.set(tasks);
      }
    }
  }

  /** Starts {@code count - 1} daemons. */
  public Workers(int count) {
    threads = new Thread[Math.max(0, count - 1)];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(this::serve, "relata-cpu-" + (i + 1));
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** Threads that work on a region, the caller included. */
  public int count() {
    return threads.length + 1;
  }

  /** Runs {@code body} for 0..tasks-1 and returns when all are done; rethrows what a task threw. */
  public void forEach(int tasks, IntConsumer body) {
    if (tasks <= 1 || threads.length == 0 || region.isHeldByCurrentThread() || !region.tryLock()) {
      for (int i = 0; i < tasks; i++) {
        body.accept(i);
      }
      return;
    }
    try {
      Region r = new Region(body, tasks);
      current = r;
      for (Thread t : threads) {
        LockSupport.unpark(t);
      }
      r.work();
      current = null;
      while (r.running.get() != 0) {
        Thread.onSpinWait();
      }
      rethrow(r.failure);
    } finally {
      region.unlock();
    }
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void serve() {
    int idle = 0;
    Region done = null;
    while (!closed) {
      Region r = current;
      if (r == null || r == done) {
        done = r == null ? null : done;
        if (++idle > SPINS) {
          LockSupport.parkNanos(this, 100_000_000L);
          idle = 0;
        } else {
          Thread.onSpinWait();
        }
        continue;
      }
      idle = 0;
      r.running.incrementAndGet();
      // The caller waits for running to fall to 0 only after it has unset current: enter only if it
      // still is.
      if (current == r) {
        r.work();
      }
      r.running.decrementAndGet();
      done = r;
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread t : threads) {
      LockSupport.unpark(t);
    }
  }
}
