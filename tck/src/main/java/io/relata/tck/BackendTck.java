package io.relata.tck;

import io.relata.Relata;
import io.relata.tck.tensor.AffineTck;
import io.relata.tck.tensor.BackwardTck;
import io.relata.tck.tensor.ElementwiseGradientTck;
import io.relata.tck.tensor.ElementwiseValuesTck;
import io.relata.tck.tensor.MemoryTck;
import io.relata.tck.tensor.MovementGradientTck;
import io.relata.tck.tensor.MovementValuesTck;
import io.relata.tck.tensor.ReductionGradientTck;
import io.relata.tck.tensor.ReductionValuesTck;
import org.junit.jupiter.api.Nested;

/**
 * All that a backend must pass, in one class to extend: a nested class for each area. Whoever wants
 * an area alone extends that area's class.
 */
public abstract class BackendTck extends KernelTck {
  @Nested
  class ElementwiseValues extends ElementwiseValuesTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class ElementwiseGradients extends ElementwiseGradientTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class ReductionValues extends ReductionValuesTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class ReductionGradients extends ReductionGradientTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class MovementValues extends MovementValuesTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class MovementGradients extends MovementGradientTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class BackwardWalk extends BackwardTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class DensePart extends AffineTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }

  @Nested
  class Memory extends MemoryTck {
    @Override
    protected Relata open() {
      return BackendTck.this.open();
    }
  }
}
