package io.runnel.engine;

/** What a pipeline does with the buffer of source-only mode ({@code --with-source-only}). */
public enum SourceOnly {
  /** There is none: events go their way. */
  OFF,

  /** Only the inputs run; their events are kept in the buffer until the mode is left. */
  HOLDING,

  /** Everything runs; what the buffer holds is sent on beside what comes in. */
  REPLAYING
}
