package io.relata;

/**
 * The one exception of Relata: what went wrong, where, what was expected, what was found and what
 * to do about it, each on a line of its own.
 */
public final class RelataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorId id;

  private RelataException(ErrorId id, String message, Throwable cause) {
    super(message, cause);
    this.id = id;
  }

  /** The kind of mistake. */
  public ErrorId id() {
    return id;
  }

  /** Starts a message with one sentence that says what went wrong, without a full stop. */
  public static Builder of(ErrorId id, String what) {
    return new Builder(id, what);
  }

  /** Collects the lines of a message. */
  public static final class Builder {
    private final ErrorId id;
    private final StringBuilder text;
    private Throwable cause;

    private Builder(ErrorId id, String what) {
      this.id = id;
      this.text = new StringBuilder(what).append(" [").append(id).append(']');
    }

    private Builder line(String label, String value) {
      text.append("\n  ").append(label).append(" ".repeat(10 - label.length())).append(value);
      return this;
    }

    /** Type, relation, field, layer or file. */
    public Builder where(String value) {
      return line("where:", value);
    }

    /** What would have been right. */
    public Builder expected(String value) {
      return line("expected:", value);
    }

    /** What was there instead. */
    public Builder found(String value) {
      return line("found:", value);
    }

    /** What the reader can do. */
    public Builder remedy(String value) {
      return line("remedy:", value);
    }

    /** The exception that led here. */
    public Builder cause(Throwable value) {
      this.cause = value;
      return this;
    }

    /** The exception, to be thrown by the caller. */
    public RelataException build() {
      return new RelataException(id, text.toString(), cause);
    }
  }
}
