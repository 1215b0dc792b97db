package io.runnel.log;

import java.util.Map;

/** Takes the daemon's own log lines as events ({@code fluent.info} …). Must not block or throw. */
public interface LogEvents {
  /**
   * @param workerId the worker that wrote the line
   * @param time packed EventTime
   */
  void event(int workerId, Level level, long time, Map<String, Object> record);
}
