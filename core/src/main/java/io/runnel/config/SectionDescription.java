package io.runnel.config;

import java.util.List;

/**
 * What is known of a section, for reference pages and {@code runnel plugins --json}.
 *
 * @param present whether it is there (made of defaults) where the file has none
 * @param required whether at least one must be there
 * @param multiple whether it may be repeated
 * @param plugin whether it configures another plugin, which has parameters of its own
 * @param free whether any parameter may stand in it
 * @param defaultType plugin taken where the section names none; null where there is none
 * @param since the version that brought it; null for old ones
 */
public record SectionDescription(
    String name,
    List<String> aliases,
    boolean present,
    boolean required,
    boolean multiple,
    boolean plugin,
    boolean free,
    String defaultType,
    String doc,
    String since,
    List<ParameterDescription> parameters,
    List<SectionDescription> sections) {}
