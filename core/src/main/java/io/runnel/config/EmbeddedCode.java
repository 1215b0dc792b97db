package io.runnel.config;

/** Evaluates {@code #{…}} in the values of a configuration. */
interface EmbeddedCode {
  /** How far the code reaches and what it gave. */
  record Result(Outcome outcome, String text, int next) {}

  /** Whether the code gave a text, or asked for nil or for the default. */
  enum Outcome {
    TEXT,
    NIL,
    DEFAULT
  }

  /**
   * @param from offset of the first character of the code in {@code text}
   * @return the result; {@code next} is the offset behind the closing brace
   * @throws ParseFault where the code does not end, or fails
   */
  Result evaluate(String text, int from);
}
