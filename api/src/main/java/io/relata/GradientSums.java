package io.relata;

/**
 * What a walk back tells a rule about memory, for rules that write their gradients where they are
 * needed instead of making arrays that are added up later; see {@link SummingBackward}.
 */
public final class GradientSums {
  private final BackwardPass pass;
  private final GradNode node;
  private final boolean ownsGradient;
  private final boolean last;

  GradientSums(BackwardPass pass, GradNode node, boolean ownsGradient, boolean last) {
    this.pass = pass;
    this.node = node;
    this.ownsGradient = ownsGradient;
    this.last = last;
  }

  /**
   * Whether nobody else reads the gradient that the rule was given, so that it may overwrite it.
   */
  public boolean ownsGradient() {
    return ownsGradient;
  }

  /**
   * Whether the record is not walked back again, so that the rule may overwrite what was made for
   * it alone and named in {@link Tensor#freeWithRecord}, and answer with that memory.
   */
  public boolean isLast() {
    return last;
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
