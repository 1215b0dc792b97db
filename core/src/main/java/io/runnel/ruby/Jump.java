package io.runnel.ruby;

/** {@code next}, {@code break} and {@code return} on their way to where they end. */
final class Jump extends RuntimeException {
  private static final long serialVersionUID = 1L;

  enum Kind {
    NEXT,
    BREAK,
    RETURN
  }

  private final Kind kind;
  private final transient Object value;

  Jump(Kind kind, Object value) {
    super(null, null, false, false);
    this.kind = kind;
    this.value = value;
  }

  Kind kind() {
    return kind;
  }

  Object value() {
    return value;
  }
}
