package io.runnel.event;

import java.util.Random;

/** Random JSON texts, and damage to them. */
final class JsonSamples {
  private static final String[] KEYS = {"a", "b", "key", "longer key name", "x".repeat(40), "a\\n"};
  private static final String[] PIECES = {
    "x",
    "words and words",
    "\\n",
    "\\\"",
    "\\\\",
    "\\u00e9",
    "\u20ac",
    "\\ud83d\\ude00",
    "{",
    "]",
    ","
  };
  private static final String DAMAGE = "{}[]\",:\\ 0123456789eE+-.truefalsn\n\tx";

  private JsonSamples() {}

  static void write(Random random, StringBuilder out, int depth) {
    space(random, out);
    switch (random.nextInt(depth > 4 ? 6 : 9)) {
      case 0 -> out.append(random.nextBoolean() ? "true" : random.nextBoolean() ? "false" : "null");
      case 1 -> out.append(random.nextLong() >> random.nextInt(64));
      case 2 -> out.append(random.nextInt(100_000) / 1000.0);
      case 3 -> out.append(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
      case 4, 5 -> string(random, out);
      case 6 -> {
        out.append('[');
        int count = random.nextInt(random.nextInt(20) == 0 ? 40 : 4);
        for (int i = 0; i < count; i++) {
          out.append(i == 0 ? "" : ",");
          write(random, out, depth + 1);
        }
        space(random, out);
        out.append(']');
      }
      default -> {
        out.append('{');
        int count = random.nextInt(random.nextInt(20) == 0 ? 40 : 6);
        for (int i = 0; i < count; i++) {
          out.append(i == 0 ? "" : ",");
          space(random, out);
          out.append('"').append(KEYS[random.nextInt(KEYS.length)]);
          out.append(random.nextBoolean() ? "" : i).append('"');
          space(random, out);
          out.append(':');
          write(random, out, depth + 1);
        }
        space(random, out);
        out.append('}');
      }
    }
    space(random, out);
  }

  private static void string(Random random, StringBuilder out) {
    out.append('"');
    for (int i = random.nextInt(6); i > 0; i--) {
      out.append(PIECES[random.nextInt(PIECES.length)]);
    }
    out.append('"');
  }

  private static void space(Random random, StringBuilder out) {
    if (random.nextInt(4) == 0) {
      out.append(" \n\t\r".charAt(random.nextInt(4)));
    }
  }

  static void damage(Random random, StringBuilder text) {
    int at = random.nextInt(text.length() + 1);
    char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
    switch (random.nextInt(3)) {
      case 0 -> text.insert(at, c);
      case 1 -> text.setLength(at == 0 ? text.length() : at);
      default -> text.setCharAt(Math.max(0, at - 1), c);
    }
  }
}
