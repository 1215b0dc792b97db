package io.runnel.event;

/** Bytes that are not the MessagePack that was expected; the message says what and where. */
public class MsgpackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MsgpackException(String message) {
    super(message);
  }

  /** The bytes end inside a value: with more of them it may still be right. */
  public static final class Truncated extends MsgpackException {
    private static final long serialVersionUID = 1L;

    public Truncated(String message) {
      super(message);
    }
  }
}
