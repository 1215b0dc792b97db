package io.runnel.net;

import io.runnel.host.Ownership;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real sockets of this process.
 *
 * <p>All sockets are in non-blocking mode, and each lease waits with a selector of its own: a
 * blocked accept could only be ended by closing the socket, which others may hold. Before a socket
 * is closed all selectors are, because the JDK keeps a descriptor open as long as a selector knows
 * it.
 */
public final class ProcessSockets implements Sockets {
  /** Compared by hand: the methods that a record has by itself are made at run time. */
  private record Key(String kind, String address) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.kind.equals(kind) && key.address.equals(address);
    }

    @Override
    public int hashCode() {
      return 31 * kind.hashCode() + address.hashCode();
    }
  }

  /** One socket and how many leases it has; guarded by the lock of the outer class. */
  private static final class Shared {
    final Key key;
    final SelectableChannel channel;
    final Runnable cleanup;
    final boolean tookOver;
    int leases;

    Shared(Key key, SelectableChannel channel, boolean tookOver, Runnable cleanup) {
      this.key = key;
      this.channel = channel;
      this.tookOver = tookOver;
      this.cleanup = cleanup;
    }
  }

  /** Makes a socket that is not open yet. */
  private interface Opener {
    Shared open(Key key) throws IOException;
  }

  private final Map<Key, Shared> open = new HashMap<>();
  private int retentions;
  private int anonymous;

  @Override
  public StreamLease tcp(String bind, int port, int backlog) throws IOException {
    InetSocketAddress address = resolve(bind, port);
    return new Stream(share(key("tcp", address), key -> openTcp(key, bind, address, backlog)));
  }

  @Override
  public DatagramLease udp(String bind, int port, int receiveBuffer) throws IOException {
    InetSocketAddress address = resolve(bind, port);
    return new Datagrams(
        share(key("udp", address), key -> openUdp(key, bind, address, receiveBuffer)));
  }

  @Override
  public StreamLease unix(Path path, int backlog, Ownership ownership) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Key key = new Key("unix", absolute.toString());
    return new Stream(share(key, ignored -> openUnix(key, absolute, backlog, ownership)));
  }

  @Override
  public Retention retain() {
    synchronized (this) {
      retentions++;
    }
    return new Retention() {
      private boolean closed;

      @Override
      public void close() {
        synchronized (ProcessSockets.this) {
          if (!closed) {
            closed = true;
            retentions--;
            List.copyOf(open.values()).forEach(ProcessSockets.this::closeUnused);
          }
        }
      }
    };
  }

  private static InetSocketAddress resolve(String bind, int port) throws IOException {
    if (port < 0 || port > 65535) {
      throw new BindFailure("port " + port + " is not between 0 and 65535", null);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(bind), port);
    } catch (UnknownHostException e) {
      throw new BindFailure("getaddrinfo: Name or service not known, bind \"" + bind + "\"", e);
    }
  }

  private synchronized Key key(String kind, InetSocketAddress address) {
    String text = address.getAddress().getHostAddress() + "/" + address.getPort();
    return new Key(kind, address.getPort() == 0 ? text + "#" + ++anonymous : text);
  }

  private synchronized Shared share(Key key, Opener opener) throws IOException {
    Shared shared = open.get(key);
    if (shared == null) {
      shared = opener.open(key);
      open.put(key, shared);
    }
    shared.leases++;
    return shared;
  }

  private synchronized void release(Shared shared) {
    shared.leases--;
    closeUnused(shared);
  }

  private void closeUnused(Shared shared) {
    if (shared.leases > 0 || retentions > 0) {
      return;
    }
    open.remove(shared.key);
    try {
      shared.channel.close();
    } catch (IOException e) {
      // The descriptor is gone in any case, and there is nothing that a caller could do.
    } finally {
      shared.cleanup.run();
    }
  }

  private static ProtocolFamily family(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private static Shared openTcp(Key key, String bind, InetSocketAddress address, int backlog)
      throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(family(address));
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.configureBlocking(false);
      channel.bind(address, backlog > 0 ? backlog : DEFAULT_BACKLOG);
    } catch (IOException e) {
      channel.close();
      throw failure(e, bind, address.getPort(), "tcp");
    }
    return new Shared(key, channel, false, () -> {});
  }

  private static Shared openUdp(Key key, String bind, InetSocketAddress address, int receiveBuffer)
      throws IOException {
    DatagramChannel channel = DatagramChannel.open(family(address));
    try {
      if (receiveBuffer > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
      }
      channel.configureBlocking(false);
      channel.bind(address);
    } catch (IOException e) {
      channel.close();
      throw failure(e, bind, address.getPort(), "udp");
    }
    return new Shared(key, channel, false, () -> {});
  }

  private static Shared openUnix(Key key, Path path, int backlog, Ownership ownership)
      throws IOException {
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    Ownership.Claim claim = ownership.claim(path, "unix socket");
    ServerSocketChannel channel = null;
    try {
      boolean tookOver = removeStale(path);
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      channel.bind(UnixDomainSocketAddress.of(path), backlog > 0 ? backlog : DEFAULT_BACKLOG);
      return new Shared(key, channel, tookOver, () -> removeSocket(path, claim));
    } catch (BindFailure e) {
      claim.close();
      throw e;
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      claim.close();
      throw new BindFailure(reason(e) + " - bind(2) for unix socket \"" + path + "\"", e);
    }
  }

  private static void removeSocket(Path path, Ownership.Claim claim) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next start finds it without a listener and takes it over.
    } finally {
      claim.close();
    }
  }

  /** Removes the socket file of a process that is gone; refuses anything else. */
  private static boolean removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    boolean special =
        Files.readAttributes(
                path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isOther();
    if (!special) {
      throw new BindFailure(
          "\"" + path + "\" exists and is no socket: remove it, or name another path", null);
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      if (probe.isConnected()) {
        throw new BindFailure(
            "Address already in use - bind(2) for unix socket \""
                + path
                + "\": another process listens there",
            null);
      }
    } catch (BindFailure e) {
      throw e;
    } catch (IOException refused) {
      Files.delete(path);
    }
    return true;
  }

  private static BindFailure failure(IOException e, String bind, int port, String kind) {
    String reason = reason(e);
    StringBuilder text =
        new StringBuilder(reason).append(" - bind(2) for \"").append(bind).append("\" port ");
    text.append(port).append(" (").append(kind).append(')');
    if (reason.startsWith("Address already in use")) {
      text.append(PortHolder.find(kind, port).map(holder -> ": held by " + holder).orElse(""));
    } else if (reason.startsWith("Permission denied")) {
      text.append(": ports below 1024 need root or the capability net_bind_service");
    }
    return new BindFailure(text.toString(), e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** What both kinds of leases share: a selector to wait with, closed once. */
  private abstract class Lease {
    final Shared shared;
    final Selector selector;
    private boolean closed;

    Lease(Shared shared, int operation) throws IOException {
      this.shared = shared;
      Selector opened = null;
      try {
        opened = Selector.open();
        shared.channel.register(opened, operation);
      } catch (IOException e) {
        if (opened != null) {
          opened.close();
        }
        release(shared);
        throw e;
      }
      this.selector = opened;
    }

    /** Waits until the socket is ready; false once the lease is closed. */
    final boolean await() throws IOException {
      try {
        selector.select();
        selector.selectedKeys().clear();
        return selector.isOpen();
      } catch (ClosedSelectorException e) {
        return false;
      }
    }

    final void shut() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      try {
        selector.close();
      } catch (IOException e) {
        // Closing is all that was wanted.
      }
      release(shared);
    }
  }

  private final class Stream extends Lease implements StreamLease {
    Stream(Shared shared) throws IOException {
      super(shared, SelectionKey.OP_ACCEPT);
    }

    @Override
    public SocketChannel accept() throws IOException {
      while (selector.isOpen()) {
        SocketChannel connection;
        try {
          connection = channel().accept();
        } catch (ClosedChannelException e) {
          return null;
        }
        if (connection != null) {
          return connection;
        }
        if (!await()) {
          return null;
        }
      }
      return null;
    }

    @Override
    public ServerSocketChannel channel() {
      return (ServerSocketChannel) shared.channel;
    }

    @Override
    public int port() {
      return portOf(channel());
    }

    @Override
    public boolean tookOver() {
      return shared.tookOver;
    }

    @Override
    public void close() {
      shut();
    }
  }

  private static int portOf(ServerSocketChannel channel) {
    try {
      return channel.getLocalAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private final class Datagrams extends Lease implements DatagramLease {
    Datagrams(Shared shared) throws IOException {
      super(shared, SelectionKey.OP_READ);
    }

    private DatagramChannel channel() {
      return (DatagramChannel) shared.channel;
    }

    @Override
    public SocketAddress receive(ByteBuffer buffer) throws IOException {
      while (selector.isOpen()) {
        SocketAddress sender;
        try {
          sender = channel().receive(buffer);
        } catch (ClosedChannelException e) {
          return null;
        }
        if (sender != null) {
          return sender;
        }
        if (!await()) {
          return null;
        }
      }
      return null;
    }

    @Override
    public SocketAddress receiveNow(ByteBuffer buffer) throws IOException {
      try {
        return selector.isOpen() ? channel().receive(buffer) : null;
      } catch (ClosedChannelException e) {
        return null;
      }
    }

    @Override
    public void send(ByteBuffer data, SocketAddress target) throws IOException {
      channel().send(data, target);
    }

    @Override
    public int port() {
      return channel().socket().getLocalPort();
    }

    @Override
    public void close() {
      shut();
    }
  }

  /** The addresses in use, for the manager and for tests: {@code tcp 0.0.0.0/24224}. */
  public synchronized List<String> addresses() {
    List<String> all = new ArrayList<>();
    open.keySet().forEach(key -> all.add(key.kind() + " " + key.address()));
    return all;
  }
}
