package io.runnel.plugin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an output wants of its buffer where the configuration is silent.
 *
 * @param chunkKeys default keys where {@code <buffer>} has no argument
 * @param parameters defaults of parameters of {@code <buffer>}, in the syntax of the configuration
 */
public record BufferDefaults(List<String> chunkKeys, Map<String, String> parameters) {
  public static BufferDefaults of(List<String> chunkKeys, String... namesAndValues) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new BufferDefaults(chunkKeys, parameters);
  }

  public static BufferDefaults none() {
    return of(List.of());
  }
}
