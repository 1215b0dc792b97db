package io.runnel.event;

/** An exception that has a name in Fluentd's logs ({@code error_class=Fluent::ConfigError}). */
public interface FluentError {
  String errorClass();
}
