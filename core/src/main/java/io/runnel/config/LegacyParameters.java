package io.runnel.config;

/**
 * Groups of flat parameters of the v0.12 dialect that became sections in v1 (Fluentd's
 * compat_parameters helper).
 */
public enum LegacyParameters {
  BUFFER,
  PARSE,
  FORMAT,
  INJECT,
  EXTRACT
}
