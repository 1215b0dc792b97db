package io.runnel.plugins.forward;

import io.runnel.config.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of a {@code <client>}: those of a host, resolved at configuration, or of a network.
 *
 * @param bases addresses with whose first {@code bits} bits others are compared
 */
public record AddressRange(List<byte[]> bases, int bits) {
  /**
   * @throws ConfigException where not exactly one of the two is given, or it is wrong
   */
  public static AddressRange of(Optional<String> host, Optional<String> network) {
    if (host.isPresent() && network.isPresent()) {
      throw new ConfigException("both of 'host' and 'network' are specified for client");
    }
    if (host.isPresent()) {
      return host(host.get());
    }
    return network(
        network.orElseThrow(
            () ->
                new ConfigException(
                    "Either of 'host' and 'network' must be specified for client")));
  }

  private static AddressRange host(String name) {
    try {
      List<byte[]> all =
          Arrays.stream(InetAddress.getAllByName(name)).map(InetAddress::getAddress).toList();
      return new AddressRange(all, 128);
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "host '" + name + "' cannot be resolved", io.runnel.config.Place.NONE, e);
    }
  }

  private static AddressRange network(String text) {
    String[] parts = text.split("/", 2);
    if (parts[0].matches("[0-9a-fA-F:.]+")) {
      try {
        byte[] base = InetAddress.getByName(parts[0]).getAddress();
        int bits = parts.length == 1 ? base.length * 8 : prefix(parts[1]);
        if (bits >= 0 && bits <= base.length * 8) {
          return new AddressRange(List.of(base), bits);
        }
      } catch (UnknownHostException | NumberFormatException e) {
        throw new ConfigException(
            "network '" + text + "' address format is invalid", io.runnel.config.Place.NONE, e);
      }
    }
    throw new ConfigException("network '" + text + "' address format is invalid");
  }

  /** The length of a prefix, also written as a mask (255.255.0.0). */
  private static int prefix(String text) throws UnknownHostException {
    if (!text.contains(".")) {
      return Integer.parseInt(text);
    }
    int bits = 0;
    for (byte part : InetAddress.getByName(text).getAddress()) {
      bits += Integer.bitCount(part & 0xff);
    }
    return bits;
  }

  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    return bases.stream().anyMatch(base -> base.length == other.length && matches(base, other));
  }

  private boolean matches(byte[] base, byte[] other) {
    int compared = Math.min(bits, base.length * 8);
    for (int bit = 0; bit < compared; bit += 8) {
      int mask = compared - bit >= 8 ? 0xff : 0xff << 8 - (compared - bit);
      if (((base[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
