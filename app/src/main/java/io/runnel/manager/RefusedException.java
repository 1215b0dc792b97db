package io.runnel.manager;

import java.util.List;

/** What was asked for cannot be done, and nothing was changed. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  public RefusedException(String message) {
    this(message, List.of());
  }

  /**
   * @param findings the details
   */
  public RefusedException(String message, List<Finding> findings) {
    super(message);
    this.findings = findings;
  }

  public List<Finding> findings() {
    return findings == null ? List.of() : findings;
  }
}
