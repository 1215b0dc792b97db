package io.runnel.log;

import io.runnel.event.FluentError;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/**
 * The {@code error_class} and {@code error} of a log line: Fluentd's names where there are some.
 */
final class ErrorNames {
  private ErrorNames() {}

  static String className(Throwable error) {
    return switch (error) {
      case FluentError named -> named.errorClass();
      case BindException ignored -> "Errno::EADDRINUSE";
      case ConnectException ignored -> "Errno::ECONNREFUSED";
      case NoRouteToHostException ignored -> "Errno::EHOSTUNREACH";
      case SocketTimeoutException ignored -> "Errno::ETIMEDOUT";
      case UnknownHostException ignored -> "SocketError";
      case NoSuchFileException ignored -> "Errno::ENOENT";
      case AccessDeniedException ignored -> "Errno::EACCES";
      case IllegalArgumentException ignored -> "ArgumentError";
      default -> error.getClass().getSimpleName();
    };
  }

  static String message(Throwable error) {
    String text = error.getMessage();
    return switch (error) {
      case NoSuchFileException e -> "No such file or directory - " + e.getFile();
      case AccessDeniedException e -> "Permission denied - " + e.getFile();
      case UnknownHostException ignored -> "unknown host: " + text;
      default -> text == null ? error.getClass().getName() : text;
    };
  }

  /** True for faults of the program itself, where the place in the code is what helps. */
  static boolean isBug(Throwable error) {
    return !(error instanceof FluentError)
        && (error instanceof RuntimeException || error instanceof Error)
        && !(error instanceof java.io.UncheckedIOException);
  }
}
