package io.runnel.connectors.opentelemetry;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.runnel.event.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Messages that gRPC passes on as they are. */
final class RawMessage implements Marshaller<Bytes> {
  static final RawMessage MARSHALLER = new RawMessage();

  private RawMessage() {}

  static Bytes of(byte[] message) {
    Bytes bytes = new Bytes(message.length);
    bytes.write(message);
    return bytes;
  }

  @Override
  public InputStream stream(Bytes value) {
    return new ByteArrayInputStream(value.array(), 0, value.length());
  }

  @Override
  public Bytes parse(InputStream stream) {
    try {
      return of(stream.readAllBytes()); // gRPC holds it to the limit of its channel
    } catch (IOException e) {
      throw Status.UNAVAILABLE
          .withDescription("an answer broke off")
          .withCause(e)
          .asRuntimeException();
    }
  }
}
