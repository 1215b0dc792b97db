package io.runnel.log;

/** The log of one plugin, or of the daemon. */
final class SinkLog implements Log {
  private final LogSink sink;
  private final int workerId;
  private final String pluginId;
  private final Level ownLevel;

  SinkLog(LogSink sink, int workerId, String pluginId, Level ownLevel) {
    this.sink = sink;
    this.workerId = workerId;
    this.pluginId = pluginId;
    this.ownLevel = ownLevel;
  }

  @Override
  public boolean isEnabled(Level level) {
    return level.compareTo(ownLevel == null ? sink.settings().level() : ownLevel) >= 0;
  }

  @Override
  public void log(Level level, String message, Throwable error, Object... attributes) {
    if (isEnabled(level)) {
      sink.write(level, workerId, pluginId, message, error, attributes);
    }
  }

  @Override
  public void raw(byte[] bytes, int offset, int length) {
    sink.raw(bytes, offset, length);
  }
}
