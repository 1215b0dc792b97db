package io.runnel.event;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes whose content is open to its users: the hot path writes into it. */
public final class Bytes extends OutputStream {
  /** Largest size; arrays near the limit of int are not portable between virtual machines. */
  private static final int MAX = Integer.MAX_VALUE - 16;

  private byte[] array;
  private int length;

  public Bytes() {
    this(256);
  }

  public Bytes(int capacity) {
    array = new byte[capacity];
  }

  /** The backing array; valid until the next write. */
  public byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }

  /** Cuts to a shorter length, or declares bytes that were written into {@link #array()}. */
  public void setLength(int newLength) {
    if (newLength < 0 || newLength > array.length) {
      throw new IndexOutOfBoundsException(newLength);
    }
    length = newLength;
  }

  public void clear() {
    length = 0;
  }

  /** Clears, and lets go of an array that has grown over {@code keep} bytes. */
  public void reset(int keep) {
    length = 0;
    if (array.length > keep) {
      array = new byte[keep];
    }
  }

  /** Makes room for {@code more} bytes after the current length and returns the backing array. */
  public byte[] ensure(int more) {
    long needed = (long) length + more;
    if (needed > array.length) {
      if (needed > MAX) {
        throw new IllegalStateException("more than " + MAX + " bytes in one buffer");
      }
      array = Arrays.copyOf(array, (int) Math.min(MAX, Math.max(needed, array.length * 2L)));
    }
    return array;
  }

  @Override
  public void write(int b) {
    ensure(1)[length++] = (byte) b;
  }

  @Override
  public void write(byte[] source) {
    write(source, 0, source.length);
  }

  @Override
  public void write(byte[] source, int offset, int count) {
    System.arraycopy(source, offset, ensure(count), length, count);
    length += count;
  }

  /** Appends text that is known to be ASCII (or Latin-1: the low byte of each char is written). */
  @SuppressWarnings("deprecation") // the fast copy is what is wanted
  public void ascii(String text) {
    int count = text.length();
    text.getBytes(0, count, ensure(count), length);
    length += count;
  }

  public void utf8(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    write(encoded, 0, encoded.length);
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(array, length);
  }

  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(array, 0, length);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(array, 0, length);
  }

  @Override
  public void close() {}

  /** The content as UTF-8 text. */
  @Override
  public String toString() {
    return new String(array, 0, length, StandardCharsets.UTF_8);
  }
}
