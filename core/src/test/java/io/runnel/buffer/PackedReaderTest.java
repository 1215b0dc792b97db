package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.MsgpackException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackedReaderTest {
  @Test
  void givesWholeEventsInBoundedBatches() throws IOException {
    Batch batch = Samples.events(Metadata.NONE, 0, 5000, 100);
    PackedReader reader =
        new PackedReader(new ByteArrayInputStream(batch.bytes(), 0, batch.length()), true);
    int count = 0;
    int batches = 0;
    while (reader.next()) {
      assertThat(reader.length()).isLessThanOrEqualTo(256 * 1024);
      count += reader.count();
      batches++;
    }
    assertThat(count).isEqualTo(5000);
    assertThat(batches).isGreaterThan(3);
    assertThat(reader.wholeEnd()).isEqualTo(batch.length());
  }

  @Test
  void readsAnEventLargerThanABatch() throws IOException {
    Batch batch = Samples.events(Metadata.NONE, 0, 2, 700_000);
    PackedReader reader =
        new PackedReader(new ByteArrayInputStream(batch.bytes(), 0, batch.length()), true);
    int count = 0;
    while (reader.next()) {
      count += reader.count();
    }
    assertThat(count).isEqualTo(2);
  }

  @Test
  void givesWhatIsBeforeDamageFirst() throws IOException {
    Batch batch = Samples.events(Metadata.NONE, 0, 3, 5);
    byte[] torn = Arrays.copyOf(batch.bytes(), batch.length() - 1);
    PackedReader reader = new PackedReader(new ByteArrayInputStream(torn), true);
    assertThat(reader.next()).isTrue();
    assertThat(reader.count()).isEqualTo(2);
    assertThatThrownBy(reader::next).isInstanceOf(MsgpackException.Truncated.class);
  }

  @Test
  void refusesValuesThatAreNoEvents() {
    PackedReader reader = new PackedReader(new ByteArrayInputStream(new byte[1000]), true);
    assertThatThrownBy(reader::next).isInstanceOf(MsgpackException.class);
  }
}
