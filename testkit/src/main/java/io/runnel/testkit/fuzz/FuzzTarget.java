package io.runnel.testkit.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One decoder that is fed with whatever bytes.
 *
 * @param name for reports and {@code bench/fuzz}
 * @param seeds sound inputs to begin with
 * @param tokens what the input's language is made of
 * @param body runs the decoder
 */
public record FuzzTarget(String name, List<byte[]> seeds, List<byte[]> tokens, Body body) {
  /** What is run. */
  @FunctionalInterface
  public interface Body {
    /**
     * Decodes an input and checks what must hold for every input. What the decoder is documented to
     * throw is caught inside; whatever gets out is a finding.
     *
     * @return a number for what happened: inputs with another number than all before are worth
     *     building on
     */
    int run(byte[] input) throws Exception;
  }

  /** A target whose seeds and tokens are text; characters up to 255 are bytes. */
  public static FuzzTarget of(String name, List<String> seeds, List<String> tokens, Body body) {
    return new FuzzTarget(name, bytes(seeds), bytes(tokens), body);
  }

  public static List<byte[]> bytes(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  /** The outcome for a message: numbers in it, such as places, make no difference. */
  public static int outcome(String message) {
    return message == null ? 0 : message.replaceAll("[0-9]+", "#").hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
