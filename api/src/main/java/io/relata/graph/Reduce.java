package io.relata.graph;

import io.relata.spi.Reducer;
import java.util.Locale;

/**
 * A built-in reduce function in field names; {@link Functions} makes them.
 *
 * @param reducer how a node combines its messages
 * @param message field it reads
 * @param out node field it writes
 */
public record Reduce(Reducer reducer, String message, String out) {
  @Override
  public String toString() {
    return reducer.name().toLowerCase(Locale.ROOT) + "('" + message + "', '" + out + "')";
  }
}
