package io.relata.spi;

/**
 * The gradient of an {@link AttentionCall}, which makes the weights again instead of having kept
 * them. With w the weight, g the result's gradient: {@code dValues[u] = Σ w g[v]}; the gradient of
 * the logit is {@code w (g[v] · values[u] - g[v] · out[v])}, times the slope where it was negative.
 *
 * @param forward the call, with its result and statistics
 * @param bySource the same edges grouped by source: rows are u, columns v
 * @param gradient (numRows, H * D) with respect to {@code forward.out}
 * @param dSource (numColumns, H), written
 * @param dDestination (numRows, H), written where {@link GraphKernels#attentionDerivative} is false
 *     or {@code forward.derivative} is there: {@code gradient · derivative} of each head
 * @param dEdge (numEdges, H) by edge id, the gradient of each edge's sum of terms; null where
 *     {@link GraphKernels#attentionDerivative} is true and nobody asks
 * @param dValues (numColumns, H * D), written; may be {@code forward.derivative}, so all of that is
 *     read first
 */
public record AttentionGradCall(
    AttentionCall forward,
    RowIndex bySource,
    Array gradient,
    Array dSource,
    Array dDestination,
    Array dEdge,
    Array dValues) {}
