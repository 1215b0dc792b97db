package io.runnel.plugin;

/** A destination: either takes events at once, or has a buffer in front. */
public sealed interface Output extends Plugin
    permits UnbufferedOutput, BufferedOutput, EitherOutput {}
