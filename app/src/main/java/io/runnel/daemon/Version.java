package io.runnel.daemon;

/** The versions that the daemon shows. */
public final class Version {
  /** The Fluentd that Runnel behaves like. */
  public static final String FLUENTD = "1.19.3";

  /** Runnel's own. */
  public static final String RUNNEL = "0.1.0";

  private Version() {}
}
