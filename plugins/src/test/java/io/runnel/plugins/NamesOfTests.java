package io.runnel.plugins;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.security.Security;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Answers for names that end in {@code .test} in place of DNS: {@code both.test} has the addresses
 * 127.0.0.1 and 127.0.0.2, {@code turns.test} has one of them, then the other, and so on; there are
 * no others. All other names are looked up as ever.
 */
public final class NamesOfTests extends InetAddressResolverProvider {
  @Override
  public InetAddressResolver get(Configuration configuration) {
    Security.setProperty("networkaddress.cache.ttl", "0"); // else Java remembers for 30 seconds
    return new Answers(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "names of tests";
  }

  private static final class Answers implements InetAddressResolver {
    private final InetAddressResolver others;
    private final AtomicInteger turn = new AtomicInteger();

    Answers(InetAddressResolver others) {
      this.others = others;
    }

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      if (!host.endsWith(".test")) {
        return others.lookupByName(host, policy);
      }
      return switch (host) {
        case "both.test" -> Stream.of(local(host, 1), local(host, 2));
        case "turns.test" -> Stream.of(local(host, 1 + turn.getAndIncrement() % 2));
        default -> throw new UnknownHostException(host);
      };
    }

    private static InetAddress local(String host, int last) throws UnknownHostException {
      return InetAddress.getByAddress(host, new byte[] {127, 0, 0, (byte) last});
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return others.lookupByAddress(address);
    }
  }
}
