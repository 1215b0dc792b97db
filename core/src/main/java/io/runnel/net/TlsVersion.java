package io.runnel.net;

import io.runnel.config.Name;

/** The versions of TLS that a configuration may name, in the two spellings of Fluentd. */
public enum TlsVersion {
  @Name("TLSv1_1")
  TLSV1_1("TLSv1_1"),
  @Name("TLSv1_2")
  TLSV1_2("TLSv1_2"),
  @Name("TLSv1_3")
  TLSV1_3("TLSv1_3"),
  @Name("TLS1_1")
  TLS1_1("TLS1_1"),
  @Name("TLS1_2")
  TLS1_2("TLS1_2"),
  @Name("TLS1_3")
  TLS1_3("TLS1_3");

  private final String text;

  TlsVersion(String text) {
    this.text = text;
  }

  /** As it is written in configurations. */
  public String text() {
    return text;
  }
}
