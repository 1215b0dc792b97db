package io.runnel.connectors.opentelemetry;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.runnel.event.Bytes;
import io.runnel.host.MemoryBudget;
import io.runnel.net.http.ContentDecoder;
import java.io.IOException;
import java.io.InputStream;

/**
 * A message as it came, unpacked, or why it could not be had. What is thrown while gRPC reads a
 * message would be answered as a fault of this server, which exporters do not try again.
 *
 * @param body null where the status says why
 * @param status {@code OK} where there is a body
 */
record Received(Bytes body, Status status) {
  /**
   * Reads messages.
   *
   * @param limit most bytes of an unpacked message
   * @param budget from which its array is taken, until {@link #release}
   */
  static Marshaller<Received> marshaller(long limit, MemoryBudget budget) {
    return new Marshaller<>() {
      @Override
      public Received parse(InputStream stream) {
        return read(stream, limit, budget);
      }

      @Override
      public InputStream stream(Received value) {
        throw new UnsupportedOperationException("a server sends no requests");
      }
    };
  }

  private static Received read(InputStream stream, long limit, MemoryBudget budget) {
    try {
      return new Received(ContentDecoder.read(stream, 0, limit, budget), Status.OK);
    } catch (ContentDecoder.TooLarge e) {
      return refused(
          Status.RESOURCE_EXHAUSTED, "Decompressed payload exceeding decompression_size_limit");
    } catch (ContentDecoder.NoMemory e) {
      return refused(Status.UNAVAILABLE, e.getMessage());
    } catch (StatusRuntimeException e) {
      return new Received(null, e.getStatus());
    } catch (IOException | RuntimeException e) {
      // gRPC wraps what its own decompressor throws.
      return refused(Status.INVALID_ARGUMENT, "Failed to decompress gzip payload: " + e);
    }
  }

  private static Received refused(Status status, String why) {
    return new Received(null, status.withDescription(why));
  }

  void release(MemoryBudget budget) {
    if (body != null) {
      budget.give(ContentDecoder.cost(body));
    }
  }
}
