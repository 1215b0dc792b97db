package io.runnel.ruby;

import java.util.Collection;

/** What an expression sees besides the language: names without arguments, and the machine. */
public interface RubyScope {
  /** Stands for a name that is not known. */
  Object UNKNOWN = new Object();

  /**
   * The value of a name such as {@code tag} or {@code hostname}. May throw {@link UseNil} or {@link
   * UseDefault}.
   *
   * @return {@link #UNKNOWN} where there is no such name
   */
  Object get(String name);

  /** The names, for suggestions. */
  Collection<String> names();

  /** Files, environment, clock. */
  RubyHost host();

  /** Thrown by {@code use_nil}: the parameter is to be nil. */
  final class UseNil extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UseNil() {
      super("use_nil", null, false, false);
    }
  }

  /** Thrown by {@code use_default}: the parameter is to have its default. */
  final class UseDefault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UseDefault() {
      super("use_default", null, false, false);
    }
  }
}
