package io.runnel.plugins.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes into a channel in slices. Channels copy arrays through a direct buffer of the size of the
 * write, which they keep per thread; slices keep that small. Closing it does not close the channel.
 */
final class ChannelOutput extends OutputStream {
  /** Large enough that the cost of a call does not count. */
  private static final int SLICE = 64 * 1024;

  private final WritableByteChannel channel;

  ChannelOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      ByteBuffer slice = ByteBuffer.wrap(source, offset + done, Math.min(SLICE, length - done));
      while (slice.hasRemaining()) {
        done += channel.write(slice);
      }
    }
  }

  @Override
  public void close() {}
}
