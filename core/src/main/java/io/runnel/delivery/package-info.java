/**
 * One output's way from the events that arrive to the chunks that it delivers: grouping by chunk
 * keys, overflow, flush threads, retry, secondary, backup. The counterpart of the base class of
 * Fluentd's outputs, put together from parts.
 *
 * <p>Threads: {@link io.runnel.delivery.Delivery#emit} runs in the thread of the input and writes
 * into the buffer; one small thread queues chunks that are due; flush threads take chunks from the
 * queue and hand them to the output. Both kinds start with the first event that needs them.
 */
package io.runnel.delivery;
