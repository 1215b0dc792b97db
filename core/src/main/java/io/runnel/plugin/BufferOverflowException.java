package io.runnel.plugin;

/**
 * The buffer is full; the same events can be emitted again later (Fluentd's BufferOverflowError).
 */
public class BufferOverflowException extends EmitException {
  private static final long serialVersionUID = 1L;

  public BufferOverflowException(String message) {
    super(message);
  }

  @Override
  public String errorClass() {
    return "Fluent::Plugin::Buffer::BufferOverflowError";
  }
}
