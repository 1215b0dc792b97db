package io.runnel.connectors.geoip;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The libraries that the gem can read databases with. Here one reader serves all three; what is
 * left of them are the names that placeholders may have.
 */
enum Backend {
  /** Names of the legacy databases; {@code area_code} has no counterpart in those of today. */
  GEOIP(
      Set.of("country_code3", "dma_code", "area_code"),
      Map.of("country_code3", "country.iso_code", "dma_code", "location.metro_code")),
  /** The same names, as far as GeoIP2 has them. */
  GEOIP2_COMPAT(
      Set.of("postal_code", "region_name"),
      Map.of("postal_code", "postal.code", "region_name", "subdivisions.0.names.en")),
  /** Any path into the data of a database. */
  GEOIP2_C(Set.of(), Map.of());

  private static final Map<String, String> COMMON =
      Map.of(
          "city", "city.names.en",
          "country_code", "country.iso_code",
          "country_name", "country.names.en",
          "latitude", "location.latitude",
          "longitude", "location.longitude",
          "region", "subdivisions.0.iso_code");

  private final Set<String> own;
  private final Map<String, String> ownPaths;

  Backend(Set<String> own, Map<String, String> ownPaths) {
    this.own = own;
    this.ownPaths = ownPaths;
  }

  boolean knows(String name) {
    return this == GEOIP2_C || COMMON.containsKey(name) || own.contains(name);
  }

  /** The path into the data of a database; null where these have no such thing. */
  String path(String name) {
    return this == GEOIP2_C ? name : ownPaths.getOrDefault(name, COMMON.get(name));
  }

  /** All names, for messages; empty where any will do. */
  String names() {
    return this == GEOIP2_C
        ? ""
        : Stream.concat(COMMON.keySet().stream(), own.stream())
            .sorted()
            .collect(Collectors.joining(", "));
  }
}
