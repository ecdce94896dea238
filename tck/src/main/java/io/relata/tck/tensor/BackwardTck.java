package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * The rules of walking back: where gradients arrive, how they add up, and that nobody's memory is
 * written to while sums are made in place.
 */
public abstract class BackwardTck extends RelataTck {
  private Tensor leaf(double... values) {
    return relata.tensor(values).requiresGrad(true);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RelataException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.GRADIENT))
        .hasMessageContaining(message);
  }

  // ---- which tensors have gradients ----

  @Test
  void onlyFloatingLeavesCanAskForGradients() {
    refused(() -> relata.tensor(new int[] {1}).requiresGrad(true), "Only floating-point");
    refused(() -> relata.tensor(new long[] {1}).requiresGrad(true), "Only floating-point");
    refused(() -> relata.tensor(new boolean[] {true}).requiresGrad(true), "Only floating-point");
    Tensor y = leaf(1, 2).mul(2);
    refused(() -> y.requiresGrad(true), "Only leaves");
    refused(() -> y.requiresGrad(false), "result of affine");
    assertThat(y.detach().requiresGrad(true).requiresGrad()).isTrue();
  }

  @Test
  void backwardNeedsAScalarOrAGradientAndSomethingThatAsks() {
    Tensor x = leaf(1, 2);
    refused(() -> x.mul(2).backward(), "needs a scalar");
    refused(() -> relata.ones(1).sum().backward(), "Nothing that led");
    refused(() -> x.mul(2).backward(relata.tensor(new double[] {1})), "does not fit");
    refused(() -> x.mul(2).backward(relata.tensor(new float[] {1, 1})), "does not fit");
    refused(() -> x.setGrad(relata.tensor(new float[] {1, 1})), "has the shape and type");
    assertThat(x.grad()).isNull();
  }

  @Test
  void underNoGradNothingIsRecorded() {
    Tensor x = leaf(1, 2);
    Tensor y;
    try (NoGrad _ = new NoGrad()) {
      try (NoGrad _ = new NoGrad()) {
        assertThat(x.mul(2).requiresGrad()).isFalse();
      }
      y = x.mul(2);
    }
    assertThat(y.requiresGrad()).isFalse();
    assertThat(x.mul(2).requiresGrad()).isTrue();
    refused(() -> y.sum().backward(), "Nothing that led");
  }

  @Test
  void noGradHoldsForItsThreadOnly() throws InterruptedException {
    Tensor x = leaf(1, 2);
    boolean[] recorded = new boolean[1];
    try (NoGrad _ = new NoGrad()) {
      Thread t = new Thread(() -> recorded[0] = x.mul(2).requiresGrad());
      t.start();
      t.join();
    }
    assertThat(recorded[0]).isTrue();
  }

  @Test
  void detachedTensorsStopGradients() {
    Tensor x = leaf(1, 2);
    x.mul(x.detach()).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(1, 2);
  }

  @Test
  void integersAndComparisonsStopGradients() {
    Tensor x = leaf(1, 2);
    assertThat(x.gt(1).requiresGrad()).isFalse();
    assertThat(x.argmax(0).requiresGrad()).isFalse();
    assertThat(x.to(DType.INT32).requiresGrad()).isFalse();
  }

  @Test
  void conversionBetweenFloatingTypesConvertsTheGradient() {
    Tensor x = leaf(1, 2);
    Tensor y = x.to(DType.FLOAT32).mul(3);
    y.backward(relata.tensor(new float[] {1, 10}));
    assertThat(x.grad().dtype()).isEqualTo(DType.FLOAT64);
    assertThat(x.grad().toDoubleArray()).containsExactly(3, 30);
  }

  // ---- how often ----

  @Test
  void aSecondWalkIsRefusedUnlessTheFirstKeptTheGraph() {
    Tensor x = leaf(1, 2);
    Tensor y = x.square().sum();
    y.backward(relata.scalar(1, DType.FLOAT64), true);
    y.backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(4, 8);
    refused(y::backward, "already walked back");
    assertThat(x.grad().toDoubleArray()).containsExactly(4, 8);
  }

  @Test
  void gradientsOfSeveralWalksAddUpUntilTheyAreCleared() {
    Tensor x = leaf(1, 2);
    x.mul(3).sum().backward();
    Tensor first = x.grad();
    x.mul(4).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(7, 7);
    assertThat(x.grad()).isSameAs(first);
    x.zeroGrad();
    assertThat(x.grad()).isNull();
    x.mul(5).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(5, 5);
    x.setGrad(null);
    x.mul(6).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(6, 6);
  }

  @Test
  void aLeafCanBeTheRoot() {
    Tensor x = leaf(2);
    x.reshape(1).backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(1);
    Tensor g = relata.tensor(new double[] {5});
    x.setGrad(null);
    x.backward(g);
    x.backward(g);
    assertThat(x.grad().toDoubleArray()).containsExactly(10);
    assertThat(g.toDoubleArray()).containsExactly(5);
  }

  // ---- sums made in place ----

  @Test
  void theCallersGradientIsNeverWrittenTo() {
    Tensor x = leaf(1, 2);
    Tensor g = relata.tensor(new double[] {1, 1});
    // Every use hands g on unchanged, so all of its sums meet in x.
    Tensor y = x.add(x).add(x.reshape(1, 2).reshape(2)).add(x.slice(0, 0, 2));
    y.backward(g, true);
    y.backward(g);
    assertThat(g.toDoubleArray()).containsExactly(1, 1);
    assertThat(x.grad().toDoubleArray()).containsExactly(8, 8);
    x.grad().assign(relata.tensor(new double[] {0, 0}));
    assertThat(g.toDoubleArray()).containsExactly(1, 1);
  }

  @Test
  void aLeafNeverTakesTheCallersGradientAsItsOwn() {
    Tensor x = leaf(1, 2);
    Tensor g = relata.tensor(new double[] {1, 1}, 2, 1);
    for (int walk = 0; walk < 3; walk++) {
      x.reshape(2, 1).backward(g);
    }
    assertThat(x.grad().toDoubleArray()).containsExactly(3, 3);
    assertThat(g.toDoubleArray()).containsExactly(1, 1);
  }

  @Test
  void aRuleMayGiveOneNewTensorToSeveralInputs() {
    Tensor x = leaf(1, 2);
    Tensor y = leaf(3, 4);
    for (int walk = 0; walk < 2; walk++) {
      Tensor sum =
          Tensor.record(
              "twice the sum",
              x.detach().add(y.detach()).mul(2),
              g -> {
                Tensor twice = g.mul(2);
                return new Tensor[] {twice, twice};
              },
              x,
              y);
      sum.backward(relata.tensor(new double[] {1, 10}));
    }
    assertThat(x.grad().toDoubleArray()).containsExactly(4, 40);
    assertThat(y.grad().toDoubleArray()).containsExactly(4, 40);
  }

  @Test
  void twoLeavesNeverShareTheMemoryOfAGradient() {
    Tensor x = leaf(1, 2);
    Tensor y = leaf(3, 4);
    Tensor z = leaf(5, 6);
    x.add(y).add(z).backward(relata.tensor(new double[] {1, 2}));
    x.mul(10).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(11, 12);
    assertThat(y.grad().toDoubleArray()).containsExactly(1, 2);
    assertThat(z.grad().toDoubleArray()).containsExactly(1, 2);
  }

  @Test
  void aDiamondAddsBothBranches() {
    Tensor x = leaf(3, -2);
    Tensor a = x.mul(2);
    Tensor left = a.mul(a);
    Tensor right = a.add(1);
    left.mul(right).add(a).sum().backward();
    // (2x)² (2x + 1) + 2x
    assertThat(x.grad().toDoubleArray()).containsExactly(24 * 9 + 8 * 3 + 2, 24 * 4 + 8 * -2 + 2);
  }

  @Test
  void manyUsesOfOneResultAddUp() {
    Tensor x = leaf(1, 2, 3);
    Tensor h = x.mul(2);
    Tensor sum = h;
    for (int i = 0; i < 50; i++) {
      sum = i % 2 == 0 ? sum.add(h) : h.add(sum);
    }
    sum.sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(102, 102, 102);
  }

  @Test
  void viewsOfOneGradientAreAddedWithoutOverwritingEachOther() {
    // The gradient of concat is sliced into views of one block; both reach x, one reaches y too.
    Tensor x = leaf(1, 2);
    Tensor y = leaf(3, 4);
    Tensor joined = Tensor.concat(0, x, x, y.add(x), y);
    joined.backward(relata.tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8}));
    assertThat(x.grad().toDoubleArray()).containsExactly(9, 12);
    assertThat(y.grad().toDoubleArray()).containsExactly(12, 14);
  }

  @Test
  void aViewOfAnOwnedSumIsNotAddedInto() {
    // h's gradient is a sum that the pass owns; reshape passes it on to x and k as views.
    Tensor x = leaf(1, 2, 3, 4);
    Tensor k = x.reshape(2, 2);
    Tensor h = k.add(k);
    Tensor loss = h.mul(2).sum().add(h.mul(3).sum()).add(k.sum()).add(x.mul(7).sum());
    loss.backward();
    assertThat(x.grad().toDoubleArray()).containsOnly(2 * 5 + 1 + 7);
  }

  @Test
  void partsOfSlicesMeetInTheirSource() {
    Tensor x = leaf(1, 2, 3, 4, 5, 6);
    Tensor m = x.mul(1).reshape(3, 2);
    Tensor top = m.slice(0, 0, 2);
    Tensor bottom = m.slice(0, 1, 3);
    Tensor column = m.slice(1, 1, 2);
    top.mul(10).sum().add(bottom.mul(100).sum()).add(column.sum()).add(m.sum()).backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(11, 12, 111, 112, 101, 102);
  }

  @Test
  void aWalkMayEndInLeavesOfEveryDepth() {
    Tensor x = leaf(1, 2);
    Tensor b = leaf(10);
    Tensor h = x.mul(b).add(b);
    h.mul(x).add(b).sum().backward();
    // (x b + b) x + b
    assertThat(x.grad().toDoubleArray()).containsExactly(30, 50);
    assertThat(b.grad().toDoubleArray()).containsExactly(1 + 1 + 1 + 4 + 2 + 1);
  }

  @Test
  void savedValuesSurviveSumsInPlace() {
    // exp keeps its result for its gradient; y's gradients are summed while it is still needed.
    Tensor x = leaf(0.5, -0.5);
    Tensor y = x.exp();
    Tensor loss = y.add(y.square()).add(y.reshape(2, 1).reshape(2)).add(y);
    loss.sum().backward(relata.scalar(1, DType.FLOAT64), true);
    double[] first = x.grad().toDoubleArray();
    x.setGrad(null);
    loss.sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(first);
    assertThat(y.toDoubleArray()).containsExactly(Math.exp(0.5), Math.exp(-0.5));
    double e = Math.exp(0.5);
    assertThat(first[0]).isEqualTo(3 * e + 2 * e * e, offset(1e-12));
  }

  @Test
  void aRuleMayHandOnItsGradientAsAView() {
    Tensor x = leaf(1, 2, 3, 4);
    Tensor y = leaf(1, 2);
    // Two inputs get views of the same gradient; one of them is used again further up.
    Tensor both =
        Tensor.record(
            "both",
            relata.tensor(new double[] {0, 0, 0, 0}),
            g -> new Tensor[] {g, g.slice(0, 2, 4)},
            x,
            y);
    both.add(x).add(Tensor.concat(0, y, y)).backward(leaf(1, 2, 3, 4).detach());
    assertThat(x.grad().toDoubleArray()).containsExactly(2, 4, 6, 8);
    assertThat(y.grad().toDoubleArray()).containsExactly(3 + 1 + 3, 4 + 2 + 4);
  }

  /** A copy whose rule adds to what is there, counting how often that was so. */
  private Tensor adding(Tensor x, int[] added) {
    return Tensor.record(
        "adding",
        x.detach().copy(),
        (g, sums) -> {
          Tensor sum = sums.soFar(0);
          if (sum == null) {
            return new Tensor[] {g.mul(1)};
          }
          added[0]++;
          sum.assign(sum.add(g));
          return new Tensor[1];
        },
        x);
  }

  @Test
  void aRuleMayAddToWhatOthersHaveGiven() {
    Tensor x = leaf(1, 2);
    int[] added = new int[1];
    Tensor h = x.mul(3);
    Tensor sum = adding(h, added).add(adding(h, added)).add(adding(h, added).mul(2));
    sum.backward(relata.tensor(new double[] {1, 10}));
    assertThat(x.grad().toDoubleArray()).containsExactly(12, 120);
    assertThat(added[0]).isEqualTo(2);
  }

  @Test
  void whatOthersReadIsNothingToAddTo() {
    // The gradient of z and what h has so far are one tensor, the caller's or a rule's.
    for (Tensor g :
        List.of(relata.tensor(new double[] {1, 10}), relata.ones(2).to(DType.FLOAT64))) {
      Tensor x = leaf(1, 2);
      int[] added = new int[1];
      Tensor z = leaf(5, 6);
      Tensor h = x.mul(3);
      Tensor sum = adding(h, added).add(h.add(z));
      sum.backward(g);
      double[] expected = g.toDoubleArray();
      assertThat(z.grad().toDoubleArray()).containsExactly(expected);
      assertThat(x.grad().toDoubleArray()).containsExactly(6 * expected[0], 6 * expected[1]);
      Tensor m = x.mul(1);
      m.add(z).mul(2).add(adding(m, added)).sum().backward();
      assertThat(z.grad().toDoubleArray()).containsExactly(expected[0] + 2, expected[1] + 2);
    }
  }

  @Test
  void onlyAGradientThatNobodyElseReadsIsTheRulesOwn() {
    boolean[] own = new boolean[3];
    Tensor x = leaf(1, 2);
    Tensor[] seen = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      int at = i;
      seen[i] =
          Tensor.record(
              "seen",
              x.detach().copy(),
              (g, sums) -> {
                own[at] = sums.ownsGradient();
                return new Tensor[] {g};
              },
              x);
    }
    // The first gets the caller's gradient; the second and z a common one; the third its own.
    Tensor z = leaf(1, 1);
    Tensor g = relata.tensor(new double[] {1, 1});
    seen[0].backward(g);
    seen[1].add(z).mul(2).backward(g);
    seen[2].mul(2).backward(g);
    assertThat(own).containsExactly(false, false, true);
    assertThat(g.toDoubleArray()).containsExactly(1, 1);
    assertThat(x.grad().toDoubleArray()).containsExactly(5, 5);
    assertThat(z.grad().toDoubleArray()).containsExactly(2, 2);
  }

  @Test
  void whatARuleKeepsIsNeitherAddedToNorFreed() {
    Tensor x = leaf(1, 2);
    Tensor kept = relata.tensor(new double[] {7, 8});
    Tensor h = x.mul(1);
    for (int walk = 0; walk < 2; walk++) {
      Tensor odd = Tensor.record("odd", h.detach().copy(), g -> new Tensor[] {kept}, h);
      h.mul(2).add(odd).add(odd).backward(relata.tensor(new double[] {1, 1}), true);
    }
    assertThat(kept.toDoubleArray()).containsExactly(7, 8);
    assertThat(x.grad().toDoubleArray()).containsExactly(18, 20);
  }

  @Test
  void slicesAddToWhatTheirSourceHas() {
    Tensor x = leaf(1, 2, 3, 4, 5, 6);
    Tensor m = x.mul(1).reshape(3, 2);
    Tensor part = m.slice(0, 1, 3).slice(0, 0, 1);
    m.mul(10).sum().add(part.sum()).add(m.slice(1, 0, 1).sum()).backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(11, 10, 12, 11, 11, 10);
  }

  @Test
  void aLongChainDoesNotOverflowTheStack() {
    Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.add(0);
    }
    y.sum().backward();
    assertThat(x.grad().item()).isEqualTo(1);
  }

  @Test
  void tiesShareOrGoToTheFirst() {
    Tensor x = leaf(5, 5, 1);
    x.max().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(1, 0, 0);
    Tensor y = leaf(5, 1, 1);
    x.setGrad(null);
    x.maximum(y).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(0.5, 1, 0.5);
    assertThat(y.grad().toDoubleArray()).containsExactly(0.5, 0, 0.5);
  }

  @Test
  void gradientsAtTheEdgesOfAFunctionAreFinite() {
    Tensor x = leaf(0, 2);
    x.pow(0).sum().backward();
    assertThat(x.grad().toDoubleArray()).as("x^0").containsExactly(0, 0);
    x.setGrad(null);
    x.pow(1).sum().backward();
    assertThat(x.grad().toDoubleArray()).as("x^1").containsExactly(1, 1);
    Tensor zeros = leaf(0, 0);
    zeros.norm().backward();
    assertThat(zeros.grad().toDoubleArray()).as("norm of zeros").containsExactly(0, 0);
    Tensor base = leaf(0, 2);
    Tensor exponent = leaf(3, 0);
    base.pow(exponent).sum().backward();
    assertThat(base.grad().toDoubleArray()).as("base").containsExactly(0, 0);
    assertThat(exponent.grad().toDoubleArray()).as("exponent").containsExactly(0, Math.log(2));
    Tensor relu = leaf(0, -0.0, 1);
    relu.relu().sum().backward();
    assertThat(relu.grad().toDoubleArray()).containsExactly(0, 0, 1);
    Tensor saturated = relata.tensor(new float[] {-200, 200}).requiresGrad(true);
    saturated.softplus().add(saturated.sigmoid()).add(saturated.tanh()).sum().backward();
    assertThat(saturated.grad().toDoubleArray()).containsExactly(0, 1);
  }

  @Test
  void shapesOfOneElementAreScalarsForBackward() {
    Tensor x = leaf(2, 3);
    x.sum(0, true).reshape(1, 1).backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(1, 1);
    assertThat(x.grad().shape()).isEqualTo(Shape.of(2));
    Tensor.stack(0, List.of(x.sum(), x.sum())).sum().backward();
    assertThat(x.grad().toDoubleArray()).containsExactly(3, 3);
  }
}
