package io.runnel.ruby;

/** A symbol ({@code :name}). */
public record RubySymbol(String name) {
  @Override
  public String toString() {
    return name;
  }
}
