package io.runnel.net.http;

import io.runnel.host.MemoryBudget;

/** What the unfinished requests of all connections take. Used by the leader alone. */
final class HttpBudget {
  private final MemoryBudget memory;

  /**
   * @param memory may be shared with other servers
   */
  HttpBudget(MemoryBudget memory) {
    this.memory = memory;
  }

  /** Counts what a buffer will grow by; false where all of them would be too large. */
  boolean charge(HttpPeer peer, int more) {
    int capacity = peer.parser.capacityFor(more);
    if (capacity <= HttpLimits.FREE_BYTES || capacity <= peer.charged) {
      return true;
    }
    if (!memory.take(capacity - peer.charged)) {
      return false;
    }
    peer.charged = capacity;
    return true;
  }

  void release(HttpPeer peer) {
    memory.give(peer.charged);
    peer.charged = 0;
  }
}
