package io.runnel.connectors.geoip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.Filter;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoipFilterTest {
  private static final String CITY = "203.0.113.7";
  private static final String COUNTRY = "198.51.100.7";
  private static final String CITY6 = "2001:db8:1::7";
  private static final String UNKNOWN = "192.0.2.1";

  @TempDir Path folder;
  private final TestContext context = new TestContext();
  private Path database;

  private static Map<String, Object> city(String name) {
    return Map.of(
        "city", Map.of("names", Map.of("en", name, "fr", name + "-en-Provence")),
        "country", Map.of("iso_code", "FR", "names", Map.of("en", "France")),
        "location", Map.of("latitude", 43.5, "longitude", -5.25, "metro_code", 555),
        "postal", Map.of("code", "13100"),
        "subdivisions",
            List.of(Map.of("iso_code", "PAC", "names", Map.of("en", "Provence")), Map.of()),
        "big", BigInteger.TWO,
        "eu", true);
  }

  @BeforeEach
  void write() throws IOException {
    database =
        new DatabaseWriter(6)
            .add("203.0.113.0", 24, city("Aix"))
            .add("2001:db8:1::", 48, city("Aix6"))
            .add(
                "198.51.100.0",
                24,
                Map.of("country", Map.of("iso_code", "US", "names", Map.of("en", "United States"))))
            .write(folder.resolve("city.mmdb"));
  }

  @AfterEach
  void close() {
    context.close();
  }

  private Map<String, Object> filter(String config, Map<String, Object> record) throws Exception {
    Filter filter =
        TestPlugins.filter(GeoipFilter.TYPE, config + "\ngeoip2_database " + database, context);
    filter.start();
    try {
      List<Event> events =
          filter.filter("app", TestPlugins.stream(EventTime.pack(1, 0), record)).events();
      assertThat(context.emitter().errors()).isEmpty();
      return events.getFirst().record();
    } finally {
      filter.close();
    }
  }

  private Map<String, Object> fields(String host, String... lines) throws Exception {
    return filter("<record>\n" + String.join("\n", lines) + "\n</record>", Map.of("host", host));
  }

  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("geoip", new GeoipPlugins());
  }

  @Test
  void fieldsHaveTheTypesOfTheDatabase() throws Exception {
    String[] lines = {
      "city ${city.names.en[\"host\"]}",
      "latitude ${location.latitude['host']}",
      "metro ${location.metro_code[\"host\"]}",
      "region ${subdivisions.0.iso_code[\"host\"]}",
      "none ${subdivisions.2.iso_code[\"host\"]}",
      "eu ${eu[\"host\"]}",
      "big ${big[\"host\"]}",
      "names ${city.names[\"host\"]}",
      "text plain"
    };
    Map<String, Object> found = fields(CITY, lines);
    assertThat(found)
        .containsEntry("host", CITY)
        .containsEntry("city", "Aix")
        .containsEntry("latitude", 43.5)
        .containsEntry("metro", 555L)
        .containsEntry("region", "PAC")
        .containsEntry("none", null)
        .containsEntry("eu", true)
        .containsEntry("big", 2L)
        .containsEntry("names", Map.of("en", "Aix", "fr", "Aix-en-Provence"))
        .containsEntry("text", "plain");
    assertThat(fields(CITY6, lines)).containsEntry("city", "Aix6");
  }

  @Test
  void textJsonAndArraysAreFilled() throws Exception {
    String[] lines = {
      "properties '{ \"lat\" : ${location.latitude[\"host\"]},"
          + " \"in\": {\"city\" : \"${city.names.en[\"host\"]}\"}, \"n\": 1 }'",
      "string ${location.latitude[\"host\"]},${location.longitude[\"host\"]}",
      "array '[${location.longitude[\"host\"]},${location.latitude[\"host\"]}]'",
      "mixed '[\"${country.iso_code[\"host\"]}-${location.metro_code[\"host\"]}\"]'"
    };
    assertThat(fields(CITY, lines))
        .containsEntry("properties", Map.of("lat", 43.5, "in", Map.of("city", "Aix"), "n", 1L))
        .containsEntry("string", "43.5,-5.25")
        .containsEntry("array", List.of(-5.25, 43.5))
        .containsEntry("mixed", List.of("FR-555"));
    assertThat(fields(UNKNOWN, lines))
        .containsEntry("string", ",")
        .containsEntry("array", Arrays.asList(null, null));
  }

  @Test
  void whatIsNotFoundIsNilAndCoordinatesOfAKnownNetworkAreZero() throws Exception {
    String[] lines = {
      "city ${city.names.en[\"host\"]}",
      "country ${country.iso_code[\"host\"]}",
      "lat ${location.latitude[\"host\"]}"
    };
    assertThat(fields(COUNTRY, lines))
        .containsEntry("city", null)
        .containsEntry("country", "US")
        .containsEntry("lat", 0.0);
    for (String host : List.of(UNKNOWN, "example.com", "2001:db8:2::1", "1".repeat(100_000))) {
      assertThat(fields(host, lines))
          .containsEntry("city", null)
          .containsEntry("country", null)
          .containsEntry("lat", null);
    }
    assertThat(fields("", lines)).containsEntry("city", null);
    assertThat(context.log().contains("host is empty string")).isTrue();
    assertThat(filter("<record>\na ${eu[\"host\"]}\n</record>", Map.of("host", 7L)))
        .containsEntry("a", null);
  }

  @Test
  void theFirstPlaceholderDecidesWhetherNullsAreLeftOut() throws Exception {
    String city = "city ${city.names.en[\"host\"]}\n";
    String country = "country ${country.iso_code[\"host\"]}\n";
    String skip = "skip_adding_null_record true\n<record>\n";
    assertThat(filter(skip + city + country + "</record>", Map.of("host", COUNTRY)))
        .isEqualTo(Map.of("host", COUNTRY));
    assertThat(filter(skip + country + city + "</record>", Map.of("host", COUNTRY)))
        .containsEntry("country", "US")
        .containsEntry("city", null);
    assertThat(filter(skip + city + "</record>", Map.of("n", 1L))).isEqualTo(Map.of("n", 1L));
  }

  @Test
  void severalFieldsAndNestedOnesAreLookedUp() throws Exception {
    assertThat(
            filter(
                "geoip_lookup_keys from, $.to.ip\n<record>\n"
                    + "a ${city.names.en[\"from\"]}\nb ${country.iso_code[\"$.to.ip\"]}\n</record>",
                Map.of("from", CITY, "to", Map.of("ip", COUNTRY))))
        .containsEntry("a", "Aix")
        .containsEntry("b", "US");
    assertThat(
            filter(
                "geoip_lookup_key x , y\n<record>\na ${city.names.en[\"y\"]}\n</record>",
                Map.of("y", CITY)))
        .containsEntry("a", "Aix");
    filter("geoip_lookup_keys a.b", Map.of());
    assertThat(context.log().contains("a.b is not treated as nested attributes")).isTrue();
  }

  @Test
  void namesOfTheOldLibrariesAreMapped() throws Exception {
    String common =
        "<record>\na ${city[\"host\"]}\nb ${latitude[\"host\"]}\nc ${longitude[\"host\"]}\n"
            + "d ${country_code[\"host\"]}\ne ${country_name[\"host\"]}\nf ${region[\"host\"]}\n";
    Map<String, Object> old =
        filter(
            "backend_library geoip\ngeoip_database /x/GeoLiteCity.dat\n"
                + common
                + "g ${country_code3[\"host\"]}\nh ${dma_code[\"host\"]}\n"
                + "i ${area_code[\"host\"]}\n</record>",
            Map.of("host", CITY));
    Map<String, Object> compat =
        filter(
            "backend_library geoip2_compat\n"
                + common
                + "g ${postal_code[\"host\"]}\nh ${region_name[\"host\"]}\n</record>",
            Map.of("host", CITY));
    for (Map<String, Object> found : List.of(old, compat)) {
      assertThat(found)
          .containsEntry("a", "Aix")
          .containsEntry("b", 43.5)
          .containsEntry("c", -5.25)
          .containsEntry("d", "FR")
          .containsEntry("e", "France")
          .containsEntry("f", "PAC");
    }
    assertThat(old).containsEntry("g", "FRA").containsEntry("h", 555L).containsEntry("i", null);
    assertThat(compat).containsEntry("g", "13100").containsEntry("h", "Provence");
  }

  @Test
  void injectedFieldsAreAdded() throws Exception {
    assertThat(filter("<inject>\ntag_key t\n</inject>", Map.of("host", CITY)))
        .isEqualTo(Map.of("host", CITY, "t", "app"));
  }

  @Test
  void databaseOfIpv4AloneKnowsNoIpv6() throws Exception {
    database =
        new DatabaseWriter(4).add("203.0.113.0", 24, city("Aix")).write(folder.resolve("4.mmdb"));
    assertThat(fields(CITY, "c ${city.names.en[\"host\"]}")).containsEntry("c", "Aix");
    assertThat(fields(CITY6, "c ${city.names.en[\"host\"]}")).containsEntry("c", null);
  }

  private void refused(String config, String... words) {
    assertThatThrownBy(() -> filter(config, Map.of()))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(words);
  }

  @Test
  void wrongConfigurationIsRefused() {
    refused(
        "<record>\na ${city[host]}\n</record>", "Invalid placeholder attributes: ${city[host]}");
    refused(
        "backend_library geoip\n<record>\na ${city.names.en[\"host\"]}\n</record>",
        "geoip: unsupported key city.names.en",
        "country_code3");
    refused("backend_library geoip2_compat\n<record>\na ${dma_code[\"host\"]}\n</record>", "dma");
    refused("<record>\na '{\"a\": ${city[\"host\"]}, }'\n</record>", "geoip: failed to parse");
    refused("enable_key_city geoip_city", "'enable_key_*' config format is obsoleted");
    refused("geoip_lookup_keys $.a[", "Invalid syntax");
  }

  @Test
  void legacyDatabaseIsRefusedAtTheCheck() {
    assertThatThrownBy(
            () ->
                TestPlugins.filter(
                    GeoipFilter.TYPE,
                    "backend_library geoip\ngeoip_database /x/GeoLiteCity.dat",
                    context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("legacy format (.dat) is not supported");
  }

  @Test
  void fileThatIsNoDatabaseFailsTheStart() throws Exception {
    database = Files.writeString(folder.resolve("x.mmdb"), "nothing");
    refused("", "geoip2_database " + database + " cannot be read");
    database = folder.resolve("absent.mmdb");
    refused("", "geoip2_database " + database + " cannot be read");
  }

  @Test
  void damagedDataGoesToTheErrorStream() throws Exception {
    byte[] bytes = Files.readAllBytes(database);
    byte[] aix = "Aix".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int i = 0; i + 3 < bytes.length; i++) {
      if (bytes[i] == 'A' && bytes[i + 1] == aix[1] && bytes[i + 2] == aix[2]) {
        bytes[i - 1] = (byte) 0x3f; // a pointer to far outside
      }
    }
    Files.write(database, bytes);
    Filter filter = TestPlugins.filter(GeoipFilter.TYPE, "geoip2_database " + database, context);
    filter.start();
    assertThat(
            filter
                .filter("app", TestPlugins.stream(EventTime.pack(1, 0), Map.of("host", CITY)))
                .count())
        .isZero();
    assertThat(context.emitter().errors()).hasSize(1);
    filter.close();
  }
}
