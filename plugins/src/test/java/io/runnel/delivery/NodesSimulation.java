package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.PendingSync;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EmitException;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.forward.ForwardFrames;
import io.runnel.plugins.forward.ForwardPolicy;
import io.runnel.plugins.forward.ForwardReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One run of {@link NodesSimulationTest}. */
final class NodesSimulation implements AutoCloseable {
  private static final int ACTIONS = 60;

  private final Random random;
  private final List<String> history = new ArrayList<>();
  private final Set<Integer> sinceCommit = new HashSet<>();
  private final Set<Integer> promised = new HashSet<>();
  private final Set<Integer> accepted = new HashSet<>();
  private final Map<Integer, Integer> arrived = new HashMap<>();
  private final Deque<byte[]> delayed = new ArrayDeque<>();
  private final SimulatedNode sender;
  private final SimulatedNode receiver;
  private final boolean disksLie;
  private boolean healed;
  private long faults;
  private int next = 1;

  NodesSimulation(long seed) throws Exception {
    random = new Random(seed);
    disksLie = random.nextInt(8) == 0;
    sender = new SimulatedNode(random, (Sending) this::send);
    receiver = new SimulatedNode(random, (Sending) this::arrive);
  }

  /** An output that only writes. */
  private interface Sending extends BufferedOutput {
    @Override
    void write(Chunk chunk) throws IOException;
  }

  /**
   * @return faults injected
   */
  long run() throws Exception {
    try {
      for (int i = 0; i < ACTIONS; i++) {
        act();
      }
      heal();
      check();
      return faults;
    } catch (AssertionError | Exception e) {
      history.add("log of the sender: " + sender.log());
      history.add("log of the receiver: " + receiver.log());
      throw new AssertionError(e.getMessage() + "\n  " + String.join("\n  ", history), e);
    }
  }

  private void act() throws Exception {
    SimulatedNode node = random.nextBoolean() ? sender : receiver;
    if (random.nextInt(100) < 8) {
      faults++;
      node.disk.stopAfter(random.nextInt(25));
    }
    try {
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> emit();
        case 4, 5 -> commit();
        case 6, 7, 8 -> sender.flush(1 + random.nextInt(3));
        case 9, 10 -> receiver.flush(1 + random.nextInt(3));
        case 11 -> time(node);
        case 12 -> disk(node);
        case 13 -> late();
        case 14 -> {
          history.add("reload");
          node.reload();
          sinceCommit.clear();
        }
        default -> sender.in(() -> sender.delivery().flushNow());
      }
      sender.checkBooks();
      receiver.checkBooks();
    } catch (SimulatedNode.Crash e) {
      crash();
    }
  }

  /** Which one it was, its disk knows; a machine that goes on as if nothing were would be worse. */
  private void crash() throws Exception {
    for (SimulatedNode node : List.of(sender, receiver)) {
      boolean power = random.nextInt(3) == 0;
      history.add((node == sender ? "sender " : "receiver ") + (power ? "loses power" : "killed"));
      node.restart(power);
    }
    sinceCommit.clear();
  }

  private void time(SimulatedNode node) {
    if (random.nextInt(4) == 0) {
      faults++;
      node.clock.setMillis(node.clock.millis() + random.nextInt(7_200_000) - 3_600_000);
    } else {
      sender.clock.advanceMillis(random.nextInt(30_000));
      receiver.clock.advanceMillis(random.nextInt(30_000));
    }
  }

  private void disk(SimulatedNode node) {
    faults++;
    switch (random.nextInt(disksLie ? 4 : 3)) {
      case 0 -> node.disk.space(random.nextInt(3000));
      case 1 -> node.disk.space(Long.MAX_VALUE);
      case 2 -> node.disk.failSyncs(1);
      default -> node.disk.lieSyncs(3);
    }
  }

  private void emit() throws Exception {
    List<Event> events = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      numbers.add(next);
      events.add(
          new Event(
              EventTime.pack(1_700_000_000L, next), Map.of("seq", (long) next, "pad", pad(next))));
      next++;
    }
    history.add("emit " + numbers);
    String tag = "t" + random.nextInt(2);
    sender.in(
        () -> {
          try {
            sender.delivery().emit(tag, EventStream.of(events));
            sinceCommit.addAll(numbers);
            accepted.addAll(numbers);
          } catch (EmitException e) {
            history.add("  refused: " + e.getMessage());
          }
        });
  }

  private static String pad(int number) {
    return ("p" + number + "-").repeat(number * 7 % 23);
  }

  private void commit() throws Exception {
    sender.in(
        () -> {
          try {
            PendingSync.awaitAll();
            promised.addAll(sinceCommit);
            history.add("promised " + sinceCommit);
          } catch (IOException e) {
            history.add("commit failed: " + e.getMessage());
          }
          sinceCommit.clear();
        });
  }

  /** The sender's output: a message of forward with an ack. */
  private void send(Chunk chunk) throws IOException {
    byte[] message = message(chunk);
    int fault = healed ? 99 : random.nextInt(14);
    faults += fault < 6 ? 1 : 0;
    String id = chunk.hexId();
    switch (fault) {
      case 0 -> throw lost(id, "connection refused");
      case 1 -> {
        take(Arrays.copyOf(message, random.nextInt(message.length)));
        throw lost(id, "connection reset in the middle");
      }
      case 2 -> {
        take(message);
        throw lost(id, "the answer got lost");
      }
      case 3 -> {
        delayed.add(message);
        throw lost(id, "no answer in time, the message arrives later");
      }
      case 4 -> take(message); // and once more
      default -> {}
    }
    String ack = take(message);
    history.add("sent " + id + ", answer " + ack);
    if (!id.equals(ack)) {
      throw new IOException("no ack");
    }
  }

  private IOException lost(String id, String why) {
    history.add("sent " + id + ": " + why);
    return new IOException(why);
  }

  private static byte[] message(Chunk chunk) throws IOException {
    Bytes content = new Bytes();
    chunk.writeTo(content);
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(3);
    writer.string(chunk.tag() == null ? "none" : chunk.tag());
    writer.binary(content.array(), 0, content.length());
    writer.value(Map.of("chunk", chunk.hexId(), "size", (long) chunk.records()));
    return out.toByteArray();
  }

  private void late() {
    byte[] message = delayed.poll();
    if (message != null) {
      faults++;
      history.add("a late message arrives");
      take(message);
    }
  }

  /**
   * The receiver reads a connection to its end.
   *
   * @return the chunk that it acknowledged; null where it did not
   */
  private String take(byte[] bytes) {
    Wire wire = new Wire(bytes);
    try {
      receiver.in(
          () -> {
            ForwardFrames frames = new ForwardFrames(new MemoryBudget(1 << 24), 0);
            ForwardPolicy policy =
                new ForwardPolicy(null, null, false, false, 1 << 20, 0, true, true);
            try {
              new ForwardReceiver(receiver.inputContext(), policy, wire, frames, AddedFields.NONE)
                  .takeAll(() -> false);
            } catch (IOException | EmitException e) {
              history.add("  receiver: " + e.getMessage());
            } finally {
              frames.close();
            }
          });
      return wire.ack();
    } catch (SimulatedNode.Crash e) {
      boolean power = random.nextInt(3) == 0;
      history.add("  receiver " + (power ? "loses power" : "is killed"));
      restart(receiver, power);
      return null; // whatever it had written was still in its machine
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void restart(SimulatedNode node, boolean power) {
    try {
      node.restart(power);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The receiver's output. */
  private void arrive(Chunk chunk) throws IOException {
    if (!healed && random.nextInt(5) == 0) {
      faults++;
      throw new IOException("the destination is away");
    }
    List<Integer> numbers = new ArrayList<>();
    chunk.eachStream(
        stream -> {
          for (Event event : stream.events()) {
            int number = ((Long) event.record().get("seq")).intValue();
            assertThat(event.record().get("pad")).as("altered").isEqualTo(pad(number));
            numbers.add(number);
          }
        });
    assertThat(numbers).hasSize(chunk.records());
    history.add("arrived " + numbers);
    numbers.forEach(number -> arrived.merge(number, 1, Integer::sum));
  }

  private void heal() throws Exception {
    healed = true;
    for (SimulatedNode node : List.of(sender, receiver)) {
      node.disk.stopAfter(Long.MAX_VALUE);
      node.disk.space(Long.MAX_VALUE);
      node.disk.failSyncs(0);
      node.disk.lieSyncs(0);
    }
    commit();
    while (!delayed.isEmpty()) {
      late();
    }
    // a chunk that could not be read or repaired stays for the next start
    sender.reload();
    receiver.reload();
    // a chunk of the receiver whose sync has failed promises nothing until it is delivered
    for (int i = 0; i < 10 && !(sender.isEmpty() && receiver.isEmpty()); i++) {
      sender.drain();
      receiver.drain();
    }
    assertThat(sender.isEmpty() && receiver.isEmpty()).as("all is delivered").isTrue();
  }

  private void check() {
    if (!(disksLie && (sender.hasLostPower() || receiver.hasLostPower()))) {
      assertThat(arrived.keySet()).as("promised").containsAll(promised);
    }
    for (SimulatedNode node : List.of(sender, receiver)) {
      if (!node.hasCrashed()) {
        node.checkBooks();
      }
    }
    if (!sender.hasCrashed() && !receiver.hasCrashed()) {
      assertThat(arrived.keySet()).as("accepted").containsAll(accepted);
    }
    if (!sender.hasLostPower() && !receiver.hasCrashed()) {
      arrived.forEach((number, times) -> assertThat(times).as("event %d", number).isOne());
    }
  }

  @Override
  public void close() {
    sender.close();
    receiver.close();
  }

  /** What a client has sent, in small pieces; keeps what it is answered. */
  private final class Wire implements Connection {
    private final byte[] bytes;
    private final Bytes answers = new Bytes();
    private int at;

    Wire(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The acknowledged id; null where there is none. */
    String ack() {
      if (answers.length() == 0) {
        return null;
      }
      Object ack = new MsgpackReader(answers.array(), 0, answers.length()).readRecord().get("ack");
      return String.valueOf(ack);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (at == bytes.length) {
        return -1;
      }
      int count = Math.min(Math.min(length, bytes.length - at), 1 + random.nextInt(2000));
      System.arraycopy(bytes, at, target, offset, count);
      at += count;
      return count;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      answers.write(source, offset, length);
    }

    @Override
    public InetAddress peer() {
      return InetAddress.getLoopbackAddress();
    }

    @Override
    public int peerPort() {
      return 1;
    }

    @Override
    public void endInput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}
  }
}
