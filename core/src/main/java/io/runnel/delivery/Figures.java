package io.runnel.delivery;

import io.runnel.buffer.Balance;
import io.runnel.buffer.Buffer;
import io.runnel.buffer.Fate;
import io.runnel.metrics.Counter;
import io.runnel.metrics.Metrics;
import java.util.List;

/**
 * The figures of one output by Fluentd's names, and those of Runnel with which its books balance:
 *
 * <pre>
 * stored_records + resumed_records
 *   = delivered_records + secondary_records + buffered_records
 *     + dropped_oldest_records + dropped_retry_limit_records + dropped_unrecoverable_records
 *     + dropped_damaged_records + dropped_shutdown_records
 * </pre>
 *
 * <p>Records that never got into a chunk are counted in {@code dropped_oversize_records}; those of
 * messages that were stored before, in {@code repeated_records}; those of deliveries that are to be
 * tried again, in {@code retried_records}. All of these are of this run; {@link Buffer#balance} has
 * the books over all runs, at one instant. Figures that Fluentd shows in percent with one decimal
 * are tenths of a percent here; {@code flush_time_count} is milliseconds; time keys are seconds
 * since the epoch, 0 where there is no such chunk.
 */
final class Figures {
  final Counter emitRecords;
  final Counter emitSize;
  final Counter emitCount;
  final Counter writeCount;
  final Counter writeSecondaryCount;
  final Counter rollbackCount;
  final Counter slowFlushCount;
  final Counter flushTimeCount;
  final Counter dropOldestChunkCount;
  final Counter numErrors;
  final Counter droppedOversize;
  final Counter repeated;
  final Counter retried;

  Figures(Metrics metrics) {
    emitRecords = metrics.counter("emit_records");
    emitSize = metrics.counter("emit_size");
    emitCount = metrics.counter("emit_count");
    writeCount = metrics.counter("write_count");
    writeSecondaryCount = metrics.counter("write_secondary_count");
    rollbackCount = metrics.counter("rollback_count");
    slowFlushCount = metrics.counter("slow_flush_count");
    flushTimeCount = metrics.counter("flush_time_count");
    dropOldestChunkCount = metrics.counter("drop_oldest_chunk_count");
    numErrors = metrics.counter("num_errors");
    droppedOversize = metrics.counter("dropped_oversize_records");
    repeated = metrics.counter("repeated_records");
    retried = metrics.counter("retried_records");
  }

  /** Registers the figures of the buffer, which are read when somebody asks. */
  static void register(Metrics metrics, Buffer buffer, boolean hasTime) {
    metrics.gauge("buffer_queue_length", buffer::queueLength);
    metrics.gauge("buffer_total_queued_size", buffer::totalBytes);
    metrics.gauge("buffer_stage_length", buffer::stageLength);
    metrics.gauge("buffer_stage_byte_size", buffer::stageBytes);
    metrics.gauge("buffer_queue_byte_size", buffer::queueBytes);
    metrics.gauge("buffer_available_buffer_space_ratios", buffer::availablePerMille);
    metrics.gauge("buffered_records", buffer::records);
    metrics.gauge("resumed_records", () -> buffer.balance().resumed());
    metrics.gauge(
        "stored_records",
        () -> {
          Balance now = buffer.balance();
          return now.inThisRun() - now.resumed();
        });
    for (Fate fate : Fate.values()) {
      metrics.gauge(fate.text() + "_records", () -> buffer.balance().removedInThisRun(fate));
    }
    if (hasTime) {
      metrics.gauge("buffer_oldest_timekey", () -> first(buffer.timekeys()));
      metrics.gauge("buffer_newest_timekey", () -> first(buffer.timekeys().reversed()));
    }
  }

  private static long first(List<Long> timekeys) {
    return timekeys.isEmpty() ? 0 : timekeys.getFirst();
  }
}
