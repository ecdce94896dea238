package io.relata.tck;

import io.relata.Relata;
import io.relata.tck.graph.AttentionTck;
import io.relata.tck.graph.FusedMemoryTck;
import io.relata.tck.graph.HalfPrecisionTck;
import io.relata.tck.graph.MessageGradientTck;
import io.relata.tck.graph.MessageMatrixTck;
import io.relata.tck.graph.MessageValuesTck;
import io.relata.tck.tensor.DeterminismTck;
import org.junit.jupiter.api.Nested;

/**
 * All that a plugin of kernels must pass, in one class to extend: message passing with the plugin
 * on the class path, its values, gradients, memory and bits. A nested class for each area.
 */
public abstract class KernelTck {
  /** Chooses the runtime. */
  protected Relata open() {
    return Relata.open();
  }

  @Nested
  class MessageMatrix extends MessageMatrixTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class MessageValues extends MessageValuesTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class MessageGradients extends MessageGradientTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class Attention extends AttentionTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class FusedMemory extends FusedMemoryTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class HalfPrecision extends HalfPrecisionTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }

  @Nested
  class Determinism extends DeterminismTck {
    @Override
    protected Relata open() {
      return KernelTck.this.open();
    }
  }
}
