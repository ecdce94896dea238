package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.MemoryStats;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Footprint of training, and what lives how long. */
public abstract class MemoryTck extends RelataTck {
  private static final int STEPS = 1_000;

  /** Two layers with dropout and batch statistics, trained by plain gradient descent. */
  private static final class Model {
    final Relata relata;
    final Tensor x;
    final Tensor labels;
    final List<Tensor> parameters = new ArrayList<>();

    Model(Relata relata, int rows) {
      this.relata = relata;
      x = relata.randn(rows, 24);
      labels = relata.randn(rows, 5).gt(0).to(DType.FLOAT32);
      parameters.add(relata.randn(24, 17).mul(0.2));
      parameters.add(relata.zeros(17));
      parameters.add(relata.randn(17, 5).mul(0.2));
      parameters.add(relata.zeros(5));
      parameters.forEach(p -> p.requiresGrad(true));
    }

    Tensor loss() {
      Tensor h = x.matmul(parameters.get(0)).add(parameters.get(1)).relu().dropout(0.3);
      h = h.sub(h.mean(0, true)).div(h.var(0, false).add(1e-3).sqrt());
      Tensor out = h.matmul(parameters.get(2)).add(parameters.get(3));
      return out.logSoftmax(1).mul(labels).sum(1, false).mean().neg();
    }

    double step() {
      Tensor loss = loss();
      loss.backward();
      try (NoGrad _ = new NoGrad()) {
        for (Tensor p : parameters) {
          p.assign(p.sub(p.grad().mul(0.1)));
          p.zeroGrad();
        }
      }
      return loss.item();
    }

    double scopedStep() {
      try (Scope _ = relata.scope()) {
        return step();
      }
    }
  }

  @BeforeEach
  void seed() {
    relata.seed(3);
  }

  @Test
  void aThousandScopedStepsAllocateNothingAfterTheFirst() {
    Model model = new Model(relata, 300);
    double first = model.scopedStep();
    model.scopedStep();
    MemoryStats warm = relata.memory();
    relata.resetPeakMemory();
    double last = 0;
    long peak = 0;
    for (int i = 0; i < STEPS; i++) {
      last = model.scopedStep();
      if (i == 0) {
        peak = relata.memory().peak();
      }
    }
    MemoryStats after = relata.memory();
    // Blocks that the collector found meanwhile are not of this loop, so live may only fall.
    assertThat(after.fresh()).isEqualTo(warm.fresh());
    assertThat(after.live()).isLessThanOrEqualTo(warm.live());
    assertThat(after.live() + after.cached()).isEqualTo(warm.live() + warm.cached());
    assertThat(after.peak()).isEqualTo(peak);
    assertThat(after.blocks()).isLessThanOrEqualTo(warm.blocks());
    assertThat(last).isLessThan(first);
  }

  @Test
  void withoutAnyScopeTheCollectorBoundsMemory() {
    // A step makes about 16 MB; without reuse the loop would need 2 GB.
    int rows = 8_000;
    Model model = new Model(relata, rows);
    relata.resetPeakMemory();
    for (int i = 0; i < 120; i++) {
      model.step();
    }
    assertThat(relata.memory().peak()).isLessThan(1_200L << 20);
    model.parameters.forEach(p -> assertThat(p.isFinite().all()).isTrue());
  }

  @Test
  void gradientsAndWhatRulesMakeComeBackWhenTheWalkIsDoneWithThem() {
    int steps = 30;
    long one = 4 * 100_000;
    Tensor x = relata.ones(100_000).requiresGrad(true);
    try (Scope _ = relata.scope()) {
      Tensor y = x;
      for (int i = 0; i < steps; i++) {
        // Both ways back meet, and one gradient goes to two readers.
        y = y.mul(0.5).add(y.sin()).add(y);
      }
      Tensor loss = y.sum();
      relata.resetPeakMemory();
      long before = relata.memory().live();
      loss.backward();
      assertThat(relata.memory().peak() - before).isLessThan(8 * one);
      assertThat(y.isFinite().all()).isTrue();
    }
    assertThat(x.grad().isFinite().all()).isTrue();
  }

  @Test
  void whatWasGivenToTheRecordIsFreedWhenTheWalkHasPassed() {
    Tensor x = relata.ones(1000).requiresGrad(true);
    Tensor kept = x.mul(2);
    Tensor given = kept.mul(3);
    given.freeWithRecord(given, null);
    Tensor loss = given.sum();
    assertThat(given.sum().item()).isEqualTo(6000);
    loss.backward(relata.scalar(1, loss.dtype()), true);
    assertThat(given.sum().item()).as("the record was kept").isEqualTo(6000);
    loss.backward();
    freedWithRecord(given::toFloatArray);
    assertThat(kept.sum().item()).isEqualTo(2000);
    assertThat(x.grad().sum().item()).isEqualTo(12_000);
  }

  @Test
  void aSecondLossOverWhatTheFirstWalkFreedIsToldToKeepTheRecord() {
    Tensor x = relata.ones(1000).requiresGrad(true);
    Tensor shared = x.mul(2);
    shared.freeWithRecord(shared);
    // The rule of a product reads its operands, and comes before the walked operation.
    Tensor second = shared.mul(shared).sum();
    shared.sum().backward();
    freedWithRecord(second::backward);
  }

  @Test
  void whatAScopeFreedBeforeTheWalkKeepsItsMessage() {
    Tensor x = relata.ones(1000).requiresGrad(true);
    Tensor loss;
    Tensor given;
    try (Scope _ = relata.scope()) {
      given = x.mul(3);
      given.freeWithRecord(given);
      loss = given.sum().keep();
    }
    loss.backward();
    freed(given);
  }

  private static void freedWithRecord(ThrowableAssert.ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.LIFETIME))
        .hasMessageContaining("freed with its record")
        .hasMessageContaining("backward(gradient, true)");
  }

  @Test
  void withoutARecordNothingIsGivenToIt() {
    Tensor x = relata.ones(10);
    Tensor y = x.mul(2).freeWithRecord(x);
    assertThat(y.requiresGrad()).isFalse();
    assertThat(x.requiresGrad(true).freeWithRecord(x).sum().item()).isEqualTo(10);
  }

  @Test
  void aRuleMayAnswerWithWhatWasGivenToTheRecordUnlessItIsKept() {
    Tensor x = relata.ones(1000).requiresGrad(true);
    Tensor own = relata.full(5, DType.FLOAT32, 1000);
    Tensor y =
        Tensor.record(
                "test",
                relata.ones(1000),
                (g, sums) -> new Tensor[] {sums.isLast() ? own : g.mul(own)},
                x)
            .freeWithRecord(own);
    // Both arrive at x, one after the other, and are added up where the walk may write.
    Tensor loss = y.sum().add(x.sum());
    loss.backward(relata.scalar(1, loss.dtype()), true);
    assertThat(x.grad().sum().item()).isEqualTo(6000);
    assertThat(own.sum().item()).isEqualTo(5000);
    x.zeroGrad();
    loss.backward();
    assertThat(x.grad().sum().item()).isEqualTo(6000);
  }

  // ---- scopes ----

  private static void freed(Tensor t) {
    assertThatThrownBy(t::toFloatArray)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.LIFETIME))
        .hasMessageContaining("freed, by its scope or by zeroGrad")
        .hasMessageContaining("keep()");
  }

  @Test
  void aScopeFreesWhatWasMadeInIt() {
    Tensor outer = relata.ones(1000);
    long before = relata.memory().live();
    Tensor inner;
    try (Scope _ = relata.scope()) {
      inner = outer.add(1);
      assertThat(relata.memory().live()).isGreaterThan(before);
    }
    assertThat(relata.memory().live()).isLessThanOrEqualTo(before);
    freed(inner);
    assertThat(outer.sum().item()).isEqualTo(1000);
  }

  @Test
  void keptTensorsBelongToTheEnclosingScope() {
    Tensor once;
    Tensor twice;
    Tensor view;
    try (Scope _ = relata.scope()) {
      try (Scope _ = relata.scope()) {
        once = relata.ones(10).keep();
        twice = relata.ones(10).keep().keep();
        // Views share one block, so keeping one keeps all.
        view = relata.ones(10).slice(0, 2, 5);
        assertThat(view.keep().keep()).isSameAs(view);
      }
      assertThat(once.sum().item()).isEqualTo(10);
    }
    freed(once);
    assertThat(twice.sum().item()).isEqualTo(10);
    assertThat(view.sum().item()).isEqualTo(3);
    assertThat(relata.ones(2).keep().sum().item()).isEqualTo(2);
  }

  @Test
  void gradientsOfOuterLeavesSurviveTheScope() {
    Tensor x = relata.ones(100).requiresGrad(true);
    Tensor y = relata.ones(100).requiresGrad(true);
    for (int i = 1; i <= 3; i++) {
      try (Scope _ = relata.scope()) {
        try (Scope _ = relata.scope()) {
          x.mul(2).add(y).sum().backward();
        }
        assertThat(x.grad().toFloatArray()).containsOnly(2 * i);
      }
      assertThat(x.grad().toFloatArray()).containsOnly(2 * i);
      assertThat(y.grad().toFloatArray()).containsOnly(i);
    }
  }

  @Test
  void gradientsOfInnerLeavesEndWithTheirScope() {
    Tensor x;
    Tensor grad;
    try (Scope _ = relata.scope()) {
      x = relata.ones(10).requiresGrad(true);
      try (Scope _ = relata.scope()) {
        x.mul(3).sum().backward();
      }
      grad = x.grad();
      assertThat(grad.sum().item()).isEqualTo(30);
    }
    freed(grad);
  }

  @Test
  void aGradientThatAScopeFreedIsReplaced() {
    Tensor x = relata.ones(10).requiresGrad(true);
    try (Scope _ = relata.scope()) {
      x.setGrad(relata.ones(10));
    }
    x.mul(3).sum().backward();
    assertThat(x.grad().toFloatArray()).containsOnly(3);
  }

  @Test
  void unscopedWorkLivesOn() {
    Tensor[] made = new Tensor[1];
    try (Scope _ = relata.scope()) {
      relata.unscoped(() -> made[0] = relata.ones(5));
      relata.ones(5);
    }
    assertThat(made[0].sum().item()).isEqualTo(5);
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker")
  void scopesClosedOutOfOrderLeaveNoneBehind() {
    Scope outer = relata.scope();
    Scope inner = relata.scope();
    Tensor x = relata.ones(5);
    outer.close();
    assertThat(x.sum().item()).isEqualTo(5);
    inner.close();
    inner.close();
    freed(x);
    Tensor y = relata.ones(5);
    long live = relata.memory().live();
    try (Scope _ = relata.scope()) {
      relata.ones(50_000);
    }
    assertThat(relata.memory().live()).isLessThanOrEqualTo(live);
    // y was made outside any scope again, so keep() has nothing to climb to.
    assertThat(y.keep().sum().item()).isEqualTo(5);
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker")
  void afterScopesClosedOutOfOrderTheInnermostOpenOneHasWhatIsMade() {
    Scope outer = relata.scope();
    Scope middle = relata.scope();
    Scope inner = relata.scope();
    middle.close();
    inner.close();
    Tensor x = relata.ones(5);
    outer.close();
    freed(x);
  }

  @Test
  void aScopeIsClosedByItsOwnThread() throws Exception {
    try (Scope scope = relata.scope();
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<?> closing = other.submit(scope::close);
      assertThatThrownBy(closing::get)
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("closed by another thread");
      assertThat(relata.ones(3).sum().item()).isEqualTo(3);
    }
  }

  @Test
  void threadsHaveScopesOfTheirOwn() throws Exception {
    Tensor shared = relata.full(2, DType.FLOAT32, 1000);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        float own = t + 1;
        results.add(
            threads.submit(
                () -> {
                  Tensor leaf = relata.full(own, DType.FLOAT32, 1000).requiresGrad(true);
                  for (int i = 0; i < 300; i++) {
                    try (Scope _ = relata.scope()) {
                      leaf.mul(shared).mul(leaf).sum().backward();
                      for (float g : leaf.grad().toFloatArray()) {
                        if (g != 4 * own) {
                          return false;
                        }
                      }
                      leaf.zeroGrad();
                    }
                  }
                  return true;
                }));
      }
      for (Future<Boolean> f : results) {
        assertThat(f.get()).isTrue();
      }
    }
  }

  @Test
  void aClosedRuntimeRefusesWork() {
    Relata other = open();
    Tensor x = other.ones(3);
    other.close();
    assertThatThrownBy(() -> other.ones(3))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(x::toFloatArray).isInstanceOf(RelataException.class);
    Relata third = open();
    Tensor y = third.ones(3);
    assertThatThrownBy(() -> y.add(relata.ones(3)))
        .isInstanceOf(RelataException.class)
        .hasMessageContaining("different runtimes");
    third.close();
  }
}
