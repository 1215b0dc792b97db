package io.runnel.config;

/**
 * A section that configures another plugin ({@code <parse>}, {@code <format>}, {@code <storage>}).
 * In a plugin's record a component of this type is a section; {@link Default} names the plugin that
 * is taken where the section or its {@code @type} is absent.
 *
 * @param element the section; an empty one where the file has none
 * @param type the plugin's type; null where the file and the default name none
 * @param present whether the file has the section
 */
public record PluginSection(ConfigElement element, String type, boolean present) {}
