package io.runnel.log;

/** An attribute that Fluentd shows as a Ruby symbol: {@code action=:throw_exception}. */
public record Symbol(String name) {
  @Override
  public String toString() {
    return ":" + name;
  }
}
