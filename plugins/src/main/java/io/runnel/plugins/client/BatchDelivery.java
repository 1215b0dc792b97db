package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import java.io.IOException;
import java.time.Duration;

/**
 * Delivers chunks as requests of limited size: what destinations have in common that take many
 * events at once. An output says how an event is written and how a batch is sent; the rest is here:
 *
 * <ul>
 *   <li>What the server took is not sent again, when the chunk is tried again, nor (file buffers)
 *       after a restart.
 *   <li>Events that the server may take later stay in the chunk and are sent alone.
 *   <li>What it never takes goes to the error stream, event by event; where it takes nothing of a
 *       chunk, the chunk as a whole goes to the secondary output or the backup folder instead.
 *   <li>A request that the server calls too large (413) is halved until it fits; so is one with a
 *       bad event in it, where the destination says that this does no harm.
 * </ul>
 *
 * <p>Safe for use by several threads at once.
 *
 * @param <K> what the events of one request have in common
 */
public final class BatchDelivery<K> {
  /** Writes events. */
  public interface Encoder<K> {
    /**
     * Appends the entry of one event.
     *
     * @return which requests it belongs to; null to leave the event out
     * @throws FormatException where it cannot be written: it goes to the error stream
     */
    K encode(ChunkEvent event, Bytes out) throws FormatException;
  }

  /** Sends batches. */
  public interface Sender<K> {
    /**
     * Sends one batch; where it returns, all events are taken but for those marked otherwise.
     *
     * @throws IOException those not marked as taken or refused are to be tried again, later
     * @throws io.runnel.plugin.UnrecoverableException those not marked will never be taken
     */
    void send(Batch<K> batch) throws IOException;
  }

  /**
   * What fits into one request.
   *
   * @param events at most
   * @param bytes of all entries, at most; a larger entry goes alone
   * @param overhead bytes that count for each entry besides its own
   */
  public record Limits(int events, long bytes, int overhead) {}

  /**
   * How events that the server did not take are sent again at once, before the chunk has to wait.
   *
   * @param count tries at most, besides the first
   * @param first pause before the second try; each next one is twice as long
   * @param resetIfSuccess whether the pause is the first one again after a try that moved something
   * @param giveUp whether those that are left then count as refused
   */
  public record Retries(int count, Duration first, boolean resetIfSuccess, boolean giveUp) {
    public static final Retries NONE = new Retries(0, Duration.ZERO, false, false);
  }

  private final OutputContext context;
  private final Limits limits;
  private final Retries retries;
  private final TaggedChunks tagged;
  private final ChunkProgressTable progress = new ChunkProgressTable();

  public BatchDelivery(OutputContext context, Limits limits) {
    this(context, limits, Retries.NONE);
  }

  public BatchDelivery(OutputContext context, Limits limits, Retries retries) {
    this.context = context;
    this.limits = limits;
    this.retries = retries;
    tagged = new TaggedChunks(context);
  }

  /** What the output returns as its own. */
  public Formatter chunkFormat() {
    return tagged.chunkFormat();
  }

  /**
   * Delivers a chunk.
   *
   * @throws IOException where something is left for another try
   * @throws io.runnel.plugin.UnrecoverableException where the server never takes any of it
   */
  public void deliver(Chunk chunk, Encoder<K> encoder, Sender<K> sender) throws IOException {
    ChunkProgress done = progress.take(chunk);
    try {
      new BatchedChunk<>(context, limits, retries, tagged, chunk, encoder, sender, done).run();
    } catch (IOException e) {
      progress.keep(chunk, done);
      throw e;
    }
    progress.forget(chunk);
  }
}
