package io.runnel.connectors.redis;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

/**
 * The output {@code redis_store}: a value of each event into a string, a list, a set, a sorted set
 * or a channel.
 *
 * <p>A chunk's transaction leaves a mark that is kept for a day. A chunk whose answer got lost
 * finds it and is not written twice.
 */
final class RedisStoreOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("redis_store", Config.class, RedisStoreOutput::new)
          .aliases("redis_store_wejick")
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "flush_interval", "1s", "chunk_limit_size", "8m"));

  private static final String MARK = "runnel:done:";
  private static final int MARK_SECONDS = 86_400;
  private static final double MILLIS = 1000;

  @Doc("Writes a value of each event into Redis.")
  record Config(
      @Doc("The server's host.") @Default("127.0.0.1") String host,
      @Doc("The server's port.") @Default("6379") int port,
      @Doc("The server's unix socket; refused: connect over TCP.") Optional<String> path,
      @Doc("The password.") @Secret Optional<String> password,
      @Doc("Number of the database.") @Default("0") int db,
      @Doc("Seconds that a connection may take.") @Default("5.0") double timeout,
      @Doc("How the value is written: plain, json or msgpack; a whole record is never plain.")
          @Default("plain")
          Format formatType,
      @Doc("Where the value goes.") @Default("zset") Store storeType,
      @Doc("In front of the key.") @Default("") String keyPrefix,
      @Doc("Behind the key.") @Default("") String keySuffix,
      @Doc("The key; either this or key_path.") Optional<String> key,
      @Doc("Where the key is in the record, with dots.") Optional<String> keyPath,
      @Doc("Where the score of a sorted set is, with dots; the time where it is not given.")
          Optional<String> scorePath,
      @Doc("Where the value is, with dots; the whole record where it is empty.") @Default("")
          String valuePath,
      @Doc("Seconds after which a key is forgotten; 0 and less for never.") @Default("-1")
          long keyExpire,
      @Doc("Seconds after which a member of a sorted set is taken out, by its score.")
          @Default("-1")
          long valueExpire,
      @Doc("How many members a list or sorted set keeps; 0 and less for all.") @Default("-1")
          long valueLength,
      @Doc("Which end of a list a value goes to: asc is the last.") @Default("asc") Order order,
      @Doc("Takes the same value out of a list before it is added: 1.") @Default("0")
          int preventDuplicate) {}

  /** {@code format_type}. */
  enum Format {
    PLAIN,
    JSON,
    MSGPACK
  }

  /** {@code store_type}. */
  enum Store {
    STRING,
    LIST,
    SET,
    ZSET,
    PUBLISH
  }

  /** {@code order}. */
  enum Order {
    ASC,
    DESC
  }

  private final Config config;
  private final OutputContext context;
  private final Server server;

  RedisStoreOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.key.isEmpty() && config.keyPath.isEmpty()) {
      throw new ConfigException("either key_path or key is required", context.element().place());
    }
    if (config.path.isPresent()) {
      throw new ConfigException(
          "path: unix sockets are not supported, connect over TCP with host and port",
          context.element().placeOf("path"));
    }
    server =
        new Server(
            config.host,
            config.port,
            config.db,
            config.password,
            (int) Math.max(1, config.timeout * MILLIS));
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String mark = MARK + chunk.hexId();
    List<Command> last = List.of(Command.of(Protocol.Command.SET, mark, "1", "EX", MARK_SECONDS));
    ChunkTransaction[] done = {null};
    IOException[] unreadable = {null};
    server.use(
        connection -> {
          if (isThere(connection, mark)) {
            context.log().info("chunk " + chunk.hexId() + " was written already");
            return;
          }
          done[0] = new ChunkTransaction(connection);
          try {
            done[0].run(chunk, (index, event) -> commands(event), last);
          } catch (IOException e) {
            unreadable[0] = e;
          }
        });
    if (unreadable[0] != null) {
      throw unreadable[0];
    }
    if (done[0] != null) {
      done[0].report(chunk.tag() == null ? "" : chunk.tag(), context.emitter());
    }
  }

  private static boolean isThere(Connection connection, String key) {
    connection.sendCommand(Protocol.Command.EXISTS, key);
    return connection.getIntegerReply() == 1;
  }

  private List<Command> commands(Event event) {
    String key = key(event.record());
    byte[] value = value(event.record());
    List<Command> commands = new ArrayList<>();
    switch (config.storeType) {
      case STRING -> commands.add(Command.of(Protocol.Command.SET, key, value));
      case SET -> commands.add(Command.of(Protocol.Command.SADD, key, value));
      case PUBLISH -> commands.add(Command.of(Protocol.Command.PUBLISH, key, value));
      case LIST -> list(key, value, commands);
      case ZSET -> sortedSet(key, value, event, commands);
    }
    if (config.keyExpire > 0 && config.storeType != Store.PUBLISH) {
      commands.add(Command.of(Protocol.Command.EXPIRE, key, config.keyExpire));
    }
    return commands;
  }

  private void list(String key, byte[] value, List<Command> commands) {
    if (config.preventDuplicate > 0) {
      commands.add(Command.of(Protocol.Command.LREM, key, 1, value));
    }
    commands.add(
        Command.of(
            config.order == Order.ASC ? Protocol.Command.RPUSH : Protocol.Command.LPUSH,
            key,
            value));
    if (config.valueLength > 0) {
      commands.add(Command.of(Protocol.Command.LTRIM, key, 0, config.valueLength - 1));
    }
  }

  private void sortedSet(String key, byte[] value, Event event, List<Command> commands) {
    Object score =
        config.scorePath.isPresent()
            ? lookup(event.record(), config.scorePath.get())
            : Long.valueOf(EventTime.seconds(event.time()));
    if (score == null) {
      throw new IllegalArgumentException("there is no score at " + config.scorePath.orElse(""));
    }
    commands.add(Command.of(Protocol.Command.ZADD, key, score, value));
    if (config.valueExpire > 0) {
      long oldest = context.clock().millis() / (long) MILLIS - config.valueExpire;
      commands.add(Command.of(Protocol.Command.ZREMRANGEBYSCORE, key, "-inf", oldest));
    }
    if (config.valueLength > 0) {
      commands.add(Command.of(Protocol.Command.ZREMRANGEBYRANK, key, 0, -1 - config.valueLength));
    }
  }

  private String key(Map<String, Object> record) {
    String middle =
        config.key.orElseGet(
            () -> {
              Object found = lookup(record, config.keyPath.get());
              return found == null ? "" : found.toString();
            });
    String key = config.keyPrefix + middle + config.keySuffix;
    if (key.isEmpty()) {
      throw new IllegalArgumentException("key is empty");
    }
    return key;
  }

  private byte[] value(Map<String, Object> record) {
    Object value = config.valuePath.isEmpty() ? record : lookup(record, config.valuePath);
    return switch (config.formatType) {
      case PLAIN -> Command.bytes(value);
      case JSON -> Command.bytes(Json.write(value));
      case MSGPACK -> {
        Bytes packed = new Bytes();
        new MsgpackWriter(packed).value(value);
        yield packed.toByteArray();
      }
    };
  }

  private static Object lookup(Map<String, Object> record, String path) {
    Object value = record;
    for (String part : path.split("\\.")) {
      value = value instanceof Map<?, ?> map ? map.get(part) : null;
    }
    return value;
  }
}
