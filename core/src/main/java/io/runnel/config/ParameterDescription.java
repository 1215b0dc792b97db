package io.runnel.config;

import java.util.List;

/**
 * What is known of a parameter, for reference pages and {@code runnel plugins --json}.
 *
 * @param type string, enum, integer, float, size, bool, time, hash, array or regexp
 * @param required whether it must be given
 * @param defaultText the default as one writes it; null where there is none
 * @param defaultValue the same as a value; null where there is none
 * @param choices values of an enum, else empty
 * @param argument whether it is what stands behind the section's name
 * @param since the version that brought it; null for old ones
 * @param obsolete what to use instead; null where it is not obsolete
 */
public record ParameterDescription(
    String name,
    String type,
    boolean required,
    String defaultText,
    Object defaultValue,
    List<String> choices,
    List<String> aliases,
    boolean secret,
    boolean argument,
    String doc,
    String since,
    String obsolete) {}
