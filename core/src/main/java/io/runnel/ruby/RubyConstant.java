package io.runnel.ruby;

/** A class or module by name, such as {@code JSON} or {@code Time}. */
record RubyConstant(String name) {
  @Override
  public String toString() {
    return name;
  }
}
