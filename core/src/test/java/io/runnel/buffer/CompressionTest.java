package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
  private static byte[] noise(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    Arrays.fill(bytes, 0, size / 2, (byte) 'a');
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void readsSeveralMembersAsOneContent(Compression compression) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int size : new int[] {1, 0, 10, 300_000, 65_536, 131_072, 7}) {
      byte[] part = noise(size, size);
      plain.write(part);
      stored.write(compression.compress(part, 0, part.length));
    }
    try (InputStream in =
        compression.open(new ByteArrayInputStream(stored.toByteArray()), 1 << 20)) {
      assertThat(in.readAllBytes()).isEqualTo(plain.toByteArray());
    }
  }

  @Test
  void gzipIsWhatOthersRead() throws IOException {
    byte[] member = Compression.GZIP.compress("hello".getBytes(StandardCharsets.UTF_8), 1, 3);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(member))) {
      assertThat(in.readAllBytes()).asString().isEqualTo("ell");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void aMemberThatGrowsTooLargeIsRefused(Compression compression) throws IOException {
    byte[] bomb = compression.compress(new byte[200_000], 0, 200_000);
    try (InputStream in = compression.open(new ByteArrayInputStream(bomb), 199_999)) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("decompression_size_limit");
    }
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(bomb);
    twice.write(bomb);
    try (InputStream in =
        compression.open(new ByteArrayInputStream(twice.toByteArray()), 200_000)) {
      assertThat(in.readAllBytes()).hasSize(400_000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void aTornMemberIsAnErrorAndTheWholeOnesAreKnown(Compression compression) throws IOException {
    byte[] first = compression.compress(noise(5000, 1), 0, 5000);
    byte[] second = compression.compress(noise(5000, 2), 0, 5000);
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    stored.write(first);
    stored.write(second, 0, second.length - 3);
    try (MemberStream in =
        (MemberStream) compression.open(new ByteArrayInputStream(stored.toByteArray()), 1 << 20)) {
      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
      assertThat(in.wholeMembersEnd()).isEqualTo(first.length);
    }
  }
}
