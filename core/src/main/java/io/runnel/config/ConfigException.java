package io.runnel.config;

import io.runnel.event.FluentError;

/** A configuration that cannot be used. The message starts with Fluentd's own words. */
public class ConfigException extends RuntimeException implements FluentError {
  private static final long serialVersionUID = 1L;

  private final transient Place place;

  public ConfigException(String message) {
    this(message, Place.NONE);
  }

  public ConfigException(String message, Place place) {
    super(message);
    this.place = place;
  }

  public ConfigException(String message, Place place, Throwable cause) {
    super(message, cause);
    this.place = place;
  }

  /** Where the fault is; {@link Place#NONE} where it is not known. */
  public Place place() {
    return place == null ? Place.NONE : place;
  }

  @Override
  public String errorClass() {
    return "Fluent::ConfigError";
  }
}
