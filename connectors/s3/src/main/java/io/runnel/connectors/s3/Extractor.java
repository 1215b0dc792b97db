package io.runnel.connectors.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** What {@code store_as} names on the way in: the content of an object without compression. */
interface Extractor {
  /**
   * @param object the object as it was stored
   * @throws IOException where the object is damaged, now or while it is read
   */
  InputStream open(Path object) throws IOException;
}
