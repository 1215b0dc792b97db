package io.runnel.connectors.redis;

import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Emitter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Writes a chunk as one transaction, so that there is all of it or nothing. Events that cannot be
 * written go to {@code @ERROR} afterwards. Used by one thread for one chunk.
 */
final class ChunkTransaction {
  /** The commands of an event. */
  interface Commands {
    /**
     * @param index number of the event in the chunk, from 0
     * @throws IllegalArgumentException where the event cannot be written
     */
    List<Command> of(int index, Event event);
  }

  private record Rejection(Event event, String why) {}

  private final Connection connection;
  private final List<Rejection> rejections = new ArrayList<>();

  /** The events whose commands were sent, one for each command. */
  private final List<Event> sent = new ArrayList<>();

  ChunkTransaction(Connection connection) {
    this.connection = connection;
  }

  /**
   * @param last is done with the events, in the same transaction
   * @throws redis.clients.jedis.exceptions.JedisException where the server refuses the whole, or
   *     the connection broke: nothing was written, or it is not known whether it was
   */
  void run(Chunk chunk, Commands commands, List<Command> last) throws IOException {
    connection.sendCommand(Protocol.Command.MULTI);
    int[] index = {0};
    chunk.eachStream(
        stream -> {
          for (EventCursor cursor = stream.cursor(); cursor.next(); index[0]++) {
            send(new Event(cursor.time(), cursor.record()), commands, index[0]);
          }
        });
    last.forEach(this::send);
    connection.sendCommand(Protocol.Command.EXEC);
    List<Object> replies = connection.getMany(1 + sent.size() + last.size() + 1);
    if (!(replies.getLast() instanceof List<?> results)) {
      throw refusal(replies);
    }
    for (int i = 0; i < sent.size(); i++) {
      if (results.get(i) instanceof JedisDataException refused) {
        rejections.add(new Rejection(sent.get(i), refused.getMessage()));
      }
    }
  }

  private void send(Event event, Commands commands, int index) {
    List<Command> all;
    try {
      all = commands.of(index, event);
    } catch (IllegalArgumentException e) {
      rejections.add(new Rejection(event, e.getMessage()));
      return;
    }
    for (Command command : all) {
      send(command);
      sent.add(event);
    }
  }

  private void send(Command command) {
    connection.sendCommand(command.name(), command.arguments());
  }

  /** Why nothing was done: the first command that the server did not take. */
  private static JedisDataException refusal(List<Object> replies) {
    for (Object reply : replies) {
      if (reply instanceof JedisDataException refused) {
        return refused;
      }
    }
    throw new JedisConnectionException("EXEC was answered with " + replies.getLast());
  }

  /** Reports what could not be written; each event once. */
  void report(String tag, Emitter emitter) {
    Event before = null;
    for (Rejection each : rejections) {
      if (each.event != before) {
        emitter.emitError(
            tag,
            each.event.time(),
            each.event.record(),
            new IllegalArgumentException("Redis does not take it: " + each.why));
      }
      before = each.event;
    }
  }
}
