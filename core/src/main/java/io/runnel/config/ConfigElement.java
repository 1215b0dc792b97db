package io.runnel.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One section of a configuration: {@code <name argument> … </name>}; the whole file is a section
 * named ROOT. It remembers which of its parts somebody has used, so that the rest can be reported.
 */
public final class ConfigElement {
  private final String name;
  private final String argument;
  private final Place place;
  private final Map<String, ConfigValue> parameters = new LinkedHashMap<>();
  private final List<ConfigElement> sections = new ArrayList<>();
  private final Set<String> used = new HashSet<>();
  private boolean sectionUsed;

  /**
   * @param argument what stands behind the name; empty where there is nothing
   */
  public ConfigElement(String name, String argument, Place place) {
    this.name = name;
    this.argument = argument;
    this.place = place;
  }

  public String name() {
    return name;
  }

  public String argument() {
    return argument;
  }

  public Place place() {
    return place;
  }

  /** Sets a parameter; a later one of the same key wins but keeps the place in the order. */
  public void set(String key, ConfigValue value) {
    parameters.put(key, value);
  }

  public void set(String key, String text) {
    parameters.put(key, ConfigValue.of(text, place));
  }

  public void remove(String key) {
    parameters.remove(key);
  }

  public boolean has(String key) {
    return parameters.containsKey(key);
  }

  /** The value of a parameter, marked as used. */
  public Optional<ConfigValue> take(String key) {
    used.add(key);
    return Optional.ofNullable(parameters.get(key));
  }

  /** The text of a parameter, not marked as used; null where absent or nil. */
  public String peek(String key) {
    ConfigValue value = parameters.get(key);
    return value == null ? null : value.text();
  }

  /** Where a parameter's value stands; the place of the section where it is absent. */
  public Place placeOf(String key) {
    ConfigValue value = parameters.get(key);
    return value == null ? place : value.place();
  }

  public Map<String, ConfigValue> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  public void add(ConfigElement section) {
    sections.add(section);
  }

  public List<ConfigElement> sections() {
    return Collections.unmodifiableList(sections);
  }

  public List<ConfigElement> sections(String sectionName) {
    return sections.stream().filter(section -> section.name.equals(sectionName)).toList();
  }

  /** The first section of that name. */
  public Optional<ConfigElement> section(String sectionName) {
    return sections.stream().filter(section -> section.name.equals(sectionName)).findFirst();
  }

  public void markUsed(String key) {
    used.add(key);
  }

  public void markUsed(Collection<String> keys) {
    used.addAll(keys);
  }

  public boolean isUsed(String key) {
    return used.contains(key);
  }

  /** Says that somebody has read this section as a section. */
  public void markSectionUsed() {
    sectionUsed = true;
  }

  public boolean isSectionUsed() {
    return sectionUsed;
  }

  /** Marks everything below as used: for sections of free content such as {@code <record>}. */
  public void markAllUsed() {
    sectionUsed = true;
    used.addAll(parameters.keySet());
    sections.forEach(ConfigElement::markAllUsed);
  }

  /** {@code @type}, or what the v0.12 form {@code type} was turned into; null where absent. */
  public String type() {
    used.add("@type");
    return peek("@type");
  }

  public String id() {
    used.add("@id");
    return peek("@id");
  }

  /** A copy with its own parameters and sections; nothing in it is marked as used. */
  public ConfigElement copy() {
    return copyAs(name, argument);
  }

  /** A copy under another name or argument. */
  public ConfigElement copyAs(String newName, String newArgument) {
    ConfigElement copy = new ConfigElement(newName, newArgument, place);
    copy.parameters.putAll(parameters);
    sections.forEach(section -> copy.sections.add(section.copy()));
    return copy;
  }

  /** The opening tag: {@code <match app.**>}. */
  @Override
  public String toString() {
    return "<" + name + (argument.isEmpty() ? "" : " " + argument) + ">";
  }
}
