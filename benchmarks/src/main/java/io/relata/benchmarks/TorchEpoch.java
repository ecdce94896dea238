package io.relata.benchmarks;

import ai.djl.ndarray.NDArray;
import io.relata.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A training step as a TorchScript: the model's text computes {@code l}, the loss, from the inputs
 * and from p0, p1, … the parameters; gradients and Adam follow. It starts from the same parameters
 * as Relata's model.
 */
final class TorchEpoch {
  private final TorchPeer torch;
  private final List<String> names = new ArrayList<>();
  private final List<NDArray> inputs = new ArrayList<>();

  TorchEpoch(TorchPeer torch) {
    this.torch = torch;
  }

  /** Adds an input under a name. */
  TorchEpoch input(String name, NDArray value) {
    names.add(name);
    inputs.add(value);
    return this;
  }

  /** The step for a model's text and its parameters, in the order of p0, p1, …. */
  Way way(String name, String model, List<Tensor> parameters) {
    StringBuilder head = new StringBuilder();
    StringBuilder tail = new StringBuilder();
    List<String> all = new ArrayList<>(names);
    List<NDArray> values = new ArrayList<>(inputs);
    List<String> leaves = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      NDArray value = torch.copy(parameters.get(i));
      for (String state : List.of("stored", "first", "second")) {
        all.add(state + i);
        values.add(state.equals("stored") ? value : torch.zeros(value));
      }
      leaves.add("p" + i);
      head.append("p# = torch.requires_grad_(torch.detach(stored#), True)\n".replace("#", "" + i));
      tail.append(
          """
          g# = unchecked_cast(Tensor, g[#])
          a# = torch.add_(torch.mul_(first#, 0.9), g#, alpha=0.1)
          b# = torch.addcmul_(torch.mul_(second#, 0.999), g#, g#, value=0.001)
          c# = torch.addcdiv_(stored#, a#, torch.add_(torch.sqrt(b#), 1.e-8), value=-0.01)
          """
              .replace("#", "" + i));
    }
    String gradients = "g = torch.grad([l], [" + String.join(", ", leaves) + "])\n";
    String script = head + model + gradients + tail + "return torch.reshape(l, [1])\n";
    Attempt attempt = torch.script(String.join(" ", all), script, values.toArray(NDArray[]::new));
    return new Way(Tool.PYTORCH, name, attempt);
  }
}
