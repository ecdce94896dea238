package io.relata.data.jdk;

/** How one class of the JDK graph relates to another; each is a relation from class to class. */
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
  NESTED_IN("nestedIn");

  private final String label;

  Relation(String label) {
    this.label = label;
  }

  /** Returns the relation's name in the graph. */
  public String label() {
    return label;
  }
}
