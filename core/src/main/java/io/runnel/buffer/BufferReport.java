package io.runnel.buffer;

import java.io.InputStream;

/** What a buffer has to tell, and where it puts what it cannot keep. */
public interface BufferReport {
  /**
   * @param error null where there is none
   * @param attributes names and values in turn
   */
  void warn(String message, Throwable error, Object... attributes);

  void info(String message, Object... attributes);

  void debug(String message, Object... attributes);

  /**
   * Keeps content that no output will get: damaged chunks and torn ends.
   *
   * @param hexId the chunk
   * @param content to be read to its end; closed by the caller
   * @return where it is now, for the log
   */
  String setAside(String hexId, InputStream content) throws java.io.IOException;
}
