package io.runnel.plugins.input;

import io.runnel.plugins.common.AddedFields;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields that tell who sent an event, by sender. Names are looked up once in a while, not for
 * every datagram. Used by one thread alone.
 */
final class SenderFields {
  private static final int MOST = 1024;
  private static final long FRESH_NANOS = 60_000_000_000L;

  private record Known(AddedFields fields, long at) {}

  private final String addressKey;
  private final String hostnameKey;
  private final Map<InetAddress, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Known> eldest) {
          return size() > MOST;
        }
      };

  /** Both keys may be null. */
  SenderFields(String addressKey, String hostnameKey) {
    this.addressKey = addressKey;
    this.hostnameKey = hostnameKey;
  }

  AddedFields of(InetAddress sender) {
    if (addressKey == null && hostnameKey == null) {
      return AddedFields.NONE;
    }
    long now = System.nanoTime();
    Known found = known.get(sender);
    if (found == null || now - found.at() > FRESH_NANOS) {
      String name = hostnameKey == null ? null : Servers.hostname(sender);
      String address = sender == null ? "unix" : sender.getHostAddress();
      found = new Known(AddedFields.NONE.with(addressKey, address).with(hostnameKey, name), now);
      known.put(sender, found);
    }
    return found.fields();
  }
}
