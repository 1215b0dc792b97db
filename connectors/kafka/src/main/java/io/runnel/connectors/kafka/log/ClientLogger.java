package io.runnel.connectors.kafka.log;

import io.runnel.log.Level;
import org.slf4j.Marker;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger of the client: writes to the log of the thread's plugin; nowhere without one. */
final class ClientLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  ClientLogger(String name) {
    this.name = name;
  }

  private static boolean isEnabled(Level level) {
    ClientLog log = ClientLog.current();
    return log != null && log.isEnabled(level);
  }

  @Override
  public boolean isTraceEnabled() {
    return false; // the client writes several lines for each message that it sends
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(Level.ERROR);
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      org.slf4j.event.Level level,
      Marker marker,
      String pattern,
      Object[] arguments,
      Throwable error) {
    ClientLog log = ClientLog.current();
    if (log != null) {
      Level own =
          switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
          };
      log.write(own, MessageFormatter.basicArrayFormat(pattern, arguments), error);
    }
  }
}
