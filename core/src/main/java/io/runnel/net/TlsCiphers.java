package io.runnel.net;

import io.runnel.config.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Translates OpenSSL cipher lists. Names of suites choose these; the groups {@code ALL}, {@code
 * HIGH}, {@code DEFAULT} and so on stand for the JDK's defaults, which hold nothing weak, so that
 * excluding weak ones ({@code !aNULL}) changes nothing.
 */
final class TlsCiphers {
  private static final Set<String> GROUPS =
      Set.of("ALL", "HIGH", "DEFAULT", "COMPLEMENTOFDEFAULT", "SECURE");

  private TlsCiphers() {}

  /**
   * @param supported the JSSE names that this JDK knows
   * @return JSSE names; empty for the JDK's defaults
   */
  static List<String> translate(String list, String[] supported) {
    Set<String> chosen = new LinkedHashSet<>();
    Set<String> known = new LinkedHashSet<>(List.of(supported));
    List<String> excluded = new ArrayList<>();
    boolean defaults = false;
    for (String word : list.split("[:, ]+")) {
      if (word.isEmpty() || word.startsWith("@")) {
        continue;
      }
      if (word.startsWith("!") || word.startsWith("-")) {
        excluded.add(word.substring(1).toUpperCase(Locale.ROOT));
        continue;
      }
      String plain = word.startsWith("+") ? word.substring(1) : word;
      if (GROUPS.contains(plain)) {
        defaults = true;
      } else if (known.contains(jsse(plain))) {
        chosen.add(jsse(plain));
      } else {
        chosen.addAll(matching(plain, known));
      }
    }
    if (defaults && excluded.stream().allMatch(TlsCiphers::alreadyAbsent)) {
      return List.of();
    }
    if (defaults) {
      chosen.addAll(known);
      chosen.removeIf(name -> name.contains("_anon_") || name.contains("NULL"));
    }
    chosen.removeIf(name -> excluded.stream().anyMatch(word -> has(name, word)));
    if (chosen.isEmpty()) {
      throw new ConfigException("no cipher match: '" + list + "'");
    }
    if (known.contains("TLS_AES_256_GCM_SHA384")) {
      chosen.addAll(List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"));
    }
    return List.copyOf(chosen);
  }

  private static boolean alreadyAbsent(String word) {
    return Set.of(
            "ANULL",
            "ENULL",
            "NULL",
            "SSLV2",
            "SSLV3",
            "EXP",
            "EXPORT",
            "LOW",
            "RC4",
            "MD5",
            "DES",
            "3DES",
            "PSK",
            "SRP",
            "RC2",
            "IDEA",
            "SEED",
            "ADH",
            "AECDH",
            "CAMELLIA",
            "ARIA")
        .contains(word);
  }

  private static boolean has(String suite, String word) {
    return suite.contains(word) || (word.equals("SHA1") && suite.endsWith("_SHA"));
  }

  private static List<String> matching(String word, Set<String> known) {
    String part =
        word.toUpperCase(Locale.ROOT).replace("AES128", "AES_128").replace("AES256", "AES_256");
    List<String> parts = List.of(part.split("\\+"));
    return known.stream()
        .filter(name -> !name.contains("_anon_") && !name.contains("NULL"))
        .filter(name -> parts.stream().allMatch(name::contains))
        .toList();
  }

  /** {@code ECDHE-RSA-AES128-GCM-SHA256} to {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}. */
  static String jsse(String name) {
    if (name.startsWith("TLS_")) {
      return name;
    }
    String text = name.replace('-', '_').replace("AES128", "AES_128").replace("AES256", "AES_256");
    int cipher = text.indexOf("AES_");
    int chacha = text.indexOf("CHACHA20");
    int at = cipher < 0 ? chacha : cipher;
    if (at < 0) {
      return name;
    }
    String exchange = at == 0 ? "RSA_" : text.substring(0, at);
    String rest = text.substring(at);
    if (chacha >= 0) {
      rest = "CHACHA20_POLY1305_SHA256";
    } else if (!rest.contains("GCM") && !rest.contains("CBC")) {
      rest = rest.replaceFirst("^(AES_\\d+)_", "$1_CBC_");
    }
    return "TLS_" + exchange + "WITH_" + rest;
  }
}
