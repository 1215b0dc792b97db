package io.runnel.net.http;

/** What the unfinished requests of all connections take together. Used by the leader alone. */
final class HttpBudget {
  private final long limit;
  private long taken;

  HttpBudget(long limit) {
    this.limit = limit;
  }

  /** Counts what a buffer will grow by; false where all of them would be too large. */
  boolean charge(HttpPeer peer, int more) {
    int capacity = peer.parser.capacityFor(more);
    if (capacity <= HttpLimits.FREE_BYTES || capacity <= peer.charged) {
      return true;
    }
    if (taken + capacity - peer.charged > limit) {
      return false;
    }
    taken += capacity - peer.charged;
    peer.charged = capacity;
    return true;
  }

  void release(HttpPeer peer) {
    taken -= peer.charged;
    peer.charged = 0;
  }
}
