package io.runnel.manager;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Tells whether two addresses to listen on would get in each other's way. */
final class Addresses {
  private Addresses() {}

  /**
   * Whether one socket bound to each of them could not exist at the same time on one port. A
   * wildcard takes every address; {@code ::} takes those of IPv4 as well, as Linux has it.
   */
  static boolean overlap(String one, String two) {
    if (one.equalsIgnoreCase(two) || isAny(one, "::") || isAny(two, "::")) {
      return true;
    }
    InetAddress[] first = resolve(one);
    InetAddress[] second = resolve(two);
    for (InetAddress a : first) {
      for (InetAddress b : second) {
        if (a.equals(b) || coversFamily(a, b) || coversFamily(b, a)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isAny(String address, String any) {
    return address.equals(any) || address.equals("*");
  }

  private static boolean coversFamily(InetAddress wildcard, InetAddress other) {
    return wildcard.isAnyLocalAddress()
        && (wildcard.getAddress().length == 16 || other.getAddress().length == 4);
  }

  /** A name that cannot be resolved overlaps nothing but itself. */
  private static InetAddress[] resolve(String address) {
    try {
      return address.equals("localhost")
          ? new InetAddress[] {InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1")}
          : InetAddress.getAllByName(address);
    } catch (UnknownHostException e) {
      return new InetAddress[0];
    }
  }
}
