package io.runnel.connectors.geoip;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;

/**
 * A database of MaxMind's format, mapped into memory: instances that use the same file share its
 * pages. Safe for use by several threads. A file that is replaced is seen by who opens it anew.
 */
final class PlaceDatabase implements Closeable {
  /** Characters of the longest address, IPv6 with IPv4 at its end and a zone. */
  private static final int LONGEST = 64;

  private final Reader reader;

  PlaceDatabase(Path file) throws IOException {
    this.reader = new Reader(file.toFile(), Reader.FileMode.MEMORY_MAPPED, new CHMCache());
  }

  /**
   * What is known of the network that an address is in.
   *
   * @return null where nothing is, and where the text is no address; names are not resolved
   * @throws IOException where the database is damaged
   */
  @SuppressWarnings("unchecked") // maps of these databases have text keys
  Map<String, Object> find(String text) throws IOException {
    if (text.length() > LONGEST) {
      return null;
    }
    try {
      return reader.get(InetAddress.ofLiteral(text), Map.class);
    } catch (IllegalArgumentException e) {
      return null; // no address, or IPv6 where the database has IPv4 only
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
