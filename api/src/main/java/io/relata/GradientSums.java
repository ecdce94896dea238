package io.relata;

/**
 * What a walk back tells a rule about memory, for rules that write their gradients where they are
 * needed instead of making arrays that are added up later; see {@link SummingBackward}.
 */
public final class GradientSums {
  private final BackwardPass pass;
  private final GradNode node;
  private final boolean ownsGradient;

  GradientSums(BackwardPass pass, GradNode node, boolean ownsGradient) {
    this.pass = pass;
    this.node = node;
    this.ownsGradient = ownsGradient;
  }

  /**
   * Whether nobody else reads the gradient that the rule was given, so that it may overwrite it.
   */
  public boolean ownsGradient() {
    return ownsGradient;
  }

  /**
   * The sum of what other rules have given for an input, which this rule may add to; its answer for
   * that input is then null. Null where there is nothing yet, or where others read that memory.
   *
   * @param input its place among the inputs of {@link Tensor#record}
   */
  public Tensor soFar(int input) {
    return pass.soFar(node.next[input]);
  }
}
