package io.runnel.plugins.client;

import io.runnel.plugin.BufferedOutput;
import java.io.IOException;

/** A buffered output that has nothing to start and to end but its HTTP client. */
public interface HttpClientOutput extends BufferedOutput {
  /** The client, made in the constructor. */
  HttpClient http();

  @Override
  default void start() throws IOException {
    http().start();
  }

  @Override
  default void stop() {
    http().stop();
  }

  @Override
  default void close() {
    http().close();
  }
}
