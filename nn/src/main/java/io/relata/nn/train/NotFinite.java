package io.relata.nn.train;

import io.relata.ErrorId;
import io.relata.NoGrad;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Scope;
import io.relata.Tensor;
import io.relata.nn.Layer;
import io.relata.nn.LayerObserver;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Finds out where a loss that is not a number came from: looks at the parameters, then runs the
 * forward pass once more and checks what every layer takes and gives, in the order of computation.
 */
final class NotFinite implements LayerObserver {
  private String culprit;
  private String lastGood;

  private NotFinite() {}

  /** The exception that stops the training. */
  static RelataException explain(
      Relata relata, Layer model, Supplier<Tensor> forward, String when, double loss) {
    requireParameters(model, when, "loss " + loss + "; ");
    NotFinite search = new NotFinite();
    boolean recovered = search.run(relata, model, forward);
    String cause;
    if (search.culprit != null) {
      cause = "the first to go bad is " + search.culprit;
    } else if (recovered) {
      cause = "it did not happen again when the forward pass was repeated";
    } else {
      cause = "the output of every layer is finite, so the loss function made it";
    }
    return RelataException.of(ErrorId.NOT_FINITE, "The loss is not a finite number")
        .where(when)
        .found("loss " + loss + "; " + cause)
        .remedy("check the input for NaN and for huge values, and logarithms and divisions for 0")
        .build();
  }

  /** Throws where an update has ruined a parameter. */
  static void requireParameters(Layer model, String when, String found) {
    String parameter = badParameter(model);
    if (parameter != null) {
      throw RelataException.of(ErrorId.NOT_FINITE, "Training has ruined the model")
          .where(when)
          .found(found + "parameter '" + parameter + "' is not finite any more")
          .remedy("an update was too large: lower the learning rate, or clip gradients")
          .build();
    }
  }

  private static String badParameter(Layer model) {
    for (Map.Entry<String, Tensor> p : model.namedParameters().entrySet()) {
      if (!finite(p.getValue())) {
        return p.getKey();
      }
    }
    return null;
  }

  /** True where the loss is finite this time. */
  private boolean run(Relata relata, Layer model, Supplier<Tensor> forward) {
    try (Scope _ = relata.scope();
        NoGrad _ = new NoGrad();
        Layer.Watch _ = model.observe(this)) {
      return finite(forward.get());
    }
  }

  @Override
  public void onOutput(String path, Layer layer, Tensor output, Tensor... inputs) {
    if (culprit != null) {
      return;
    }
    String name = "layer '" + path + "' (" + layer.getClass().getSimpleName() + ")";
    for (Tensor input : inputs) {
      if (input != null && !finite(input)) {
        culprit =
            "the input of "
                + name
                + (lastGood == null ? ", the first layer" : ", computed after " + lastGood);
        return;
      }
    }
    if (finite(output)) {
      lastGood = name;
    } else {
      culprit = "the output of " + name;
    }
  }

  private static boolean finite(Tensor t) {
    try (Scope _ = t.relata().scope();
        NoGrad _ = new NoGrad()) {
      return !t.dtype().isFloating() || t.isFinite().all();
    }
  }
}
