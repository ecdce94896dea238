package io.relata.plugin.functions;

/**
 * The functions of this jar, to be imported statically beside {@code io.relata.graph.Functions}.
 */
public final class MoreFunctions {
  private MoreFunctions() {}

  /** Message: squared distance of the source's and the destination's field along the last axis. */
  public static SquaredDistance squaredDistance(String u, String v, String out) {
    return new SquaredDistance(u, v, out);
  }

  /** Smooth maximum of the messages at a temperature; 0 for a node without any. */
  public static LogSumExp logSumExp(double temperature, String message, String out) {
    return new LogSumExp(temperature, message, out);
  }
}
