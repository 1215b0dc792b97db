package io.runnel.plugins.output;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** How an output compresses what it writes. */
enum Compression {
  TEXT("text", ""),
  GZIP("gzip", ".gz"),
  ZSTD("zstd", ".zstd");

  private static final int BUFFER = 64 * 1024;

  private final String text;
  private final String suffix;

  Compression(String text, String suffix) {
    this.text = text;
    this.suffix = suffix;
  }

  /** The name as in {@code compress} and in {@link io.runnel.plugin.Chunk#compression()}. */
  String text() {
    return text;
  }

  /** What is appended to file names. */
  String suffix() {
    return suffix;
  }

  /** A stream that compresses into {@code out}: one gzip member or zstd frame, ended by close. */
  OutputStream wrap(OutputStream out) throws IOException {
    return switch (this) {
      case TEXT -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER);
      case ZSTD -> new ZstdOutputStream(out);
    };
  }
}
