package io.runnel.log;

enum NoLog implements Log {
  INSTANCE;

  @Override
  public boolean isEnabled(Level level) {
    return false;
  }

  @Override
  public void log(Level level, String message, Throwable error, Object... attributes) {}

  @Override
  public void raw(byte[] bytes, int offset, int length) {}
}
