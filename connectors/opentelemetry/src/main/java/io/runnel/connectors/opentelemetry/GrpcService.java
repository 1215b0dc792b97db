package io.runnel.connectors.opentelemetry;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The names of OTLP's services, and how quiet gRPC is. */
final class GrpcService {
  /** Held here, or its level would go with it. What matters is in the status of each call. */
  private static final Logger LOGGER = Logger.getLogger("io.grpc");

  private GrpcService() {}

  /** Keeps gRPC from writing to standard error. */
  static void silence() {
    LOGGER.setLevel(Level.OFF);
    LOGGER.setUseParentHandlers(false);
  }

  static String name(Signal signal) {
    String word = signal == Signal.TRACES ? "trace" : signal.word();
    String service = Character.toUpperCase(word.charAt(0)) + word.substring(1) + "Service";
    return "opentelemetry.proto.collector." + word + ".v1." + service;
  }

  static String method(Signal signal) {
    return name(signal) + "/Export";
  }
}
