package io.runnel.ruby;

/** A caught error ({@code rescue => e}). */
record RubyError(String type, String message) {
  @Override
  public String toString() {
    return message;
  }
}
