package io.relata.data.jdk;

/** How a class of the JDK graph relates to another class, or to the shape of a method. */
public enum Relation {
  /** To the superclass; not from an interface, whose class file names Object for form's sake. */
  EXTENDS("extends"),
  /** To each direct superinterface, also from an interface. */
  IMPLEMENTS("implements"),
  /** To the types of its fields. */
  HAS_FIELD("hasField"),
  /** To the return types of its methods. */
  RETURNS("returns"),
  /** To the parameter types of its methods and constructors. */
  TAKES("takes"),
  /** To the exceptions its methods declare. */
  THROWS("throws"),
  /** To every class its constant pool names; contains the supertypes and the nesting. */
  REFERENCES("references"),
  /** To the annotation types on the class, its fields and its methods. */
  ANNOTATED_BY("annotatedBy"),
  /** To the class it is directly nested in, be it a member, local or anonymous. */
  NESTED_IN("nestedIn"),
  /**
   * To the shapes of its methods and constructors: their descriptors with every class name erased
   * to {@code L}, such as {@code (LI[B)V}.
   */
  DECLARES("declares", JdkClassGraph.SHAPE);

  private final String label;
  private final String targetType;

  Relation(String label) {
    this(label, JdkClassGraph.CLASS);
  }

  Relation(String label, String targetType) {
    this.label = label;
    this.targetType = targetType;
  }

  /** Returns the relation's name in the graph. */
  public String label() {
    return label;
  }

  /** Returns the type of the nodes it leads to; it always comes from a class. */
  public String targetType() {
    return targetType;
  }
}
