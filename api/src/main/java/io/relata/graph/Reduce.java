package io.relata.graph;

import io.relata.Tensor;
import io.relata.spi.Reducer;
import java.util.Locale;
import java.util.Map;

/**
 * A built-in reduce function in field names; {@link Functions} makes them.
 *
 * @param reducer how a node combines its messages
 * @param message field it reads
 * @param out node field it writes
 */
public record Reduce(Reducer reducer, String message, String out) implements NodeFunction {
  /** The same on mailboxes. */
  @Override
  public Map<String, Tensor> apply(NodeBatch nodes) {
    Tensor m = nodes.mailbox(message);
    return Map.of(
        out,
        switch (reducer) {
          case SUM -> m.sum(1, false);
          case MEAN -> m.mean(1, false);
          case MAX -> m.max(1);
          case MIN -> m.min(1);
        });
  }

  @Override
  public String toString() {
    return reducer.name().toLowerCase(Locale.ROOT) + "('" + message + "', '" + out + "')";
  }
}
