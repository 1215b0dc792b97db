package io.runnel.connectors.s3;

import com.github.luben.zstd.ZstdOutputStream;
import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Compresses in this process, or not at all. */
record StreamCompressor(Method method, String extension, String contentType, int level)
    implements Compressor {
  private static final int BUFFER = 64 * 1024;

  /** How; the name is that of {@link Chunk#compression}. */
  enum Method {
    TEXT("text"),
    GZIP("gzip"),
    ZSTD("zstd");

    private final String text;

    Method(String text) {
      this.text = text;
    }
  }

  static StreamCompressor text() {
    return new StreamCompressor(Method.TEXT, "txt", "text/plain", 0);
  }

  static StreamCompressor json() {
    return new StreamCompressor(Method.TEXT, "json", "application/json", 0);
  }

  static StreamCompressor gzip() {
    return new StreamCompressor(Method.GZIP, "gz", "application/x-gzip", 0);
  }

  static StreamCompressor zstd(int level) {
    return new StreamCompressor(Method.ZSTD, "zst", "application/x-zst", level);
  }

  /** What the buffer has compressed in the same way is taken as it is. */
  @Override
  public void compress(Chunk chunk, Path target) throws IOException {
    try (OutputStream file = Files.newOutputStream(target)) {
      if (chunk.compression().equals(method.text)) {
        try (InputStream in = chunk.openRaw()) {
          in.transferTo(file);
        }
        return;
      }
      try (OutputStream out = wrap(file)) {
        chunk.writeTo(out);
      }
    }
  }

  private OutputStream wrap(OutputStream out) throws IOException {
    return switch (method) {
      case TEXT -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER);
      case ZSTD -> new ZstdOutputStream(out, level);
    };
  }
}
