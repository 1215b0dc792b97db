package io.runnel.daemon;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import sun.misc.Signal;

/** Turns the signals of Fluentd's supervisor into requests. */
final class Signals {
  private final BlockingQueue<Request> requests;

  Signals(BlockingQueue<Request> requests) {
    this.requests = requests;
  }

  void install() {
    on("INT", () -> new Request.Stop(0, false));
    on("TERM", () -> new Request.Stop(0, false));
    on("HUP", () -> new Request.Reload(new CompletableFuture<>()));
    on("USR1", () -> new Request.Flush(true));
    on("USR2", () -> new Request.Reload(new CompletableFuture<>()));
    on("WINCH", Request.LeaveSourceOnly::new);
    on("CONT", Request.Dump::new);
  }

  private void on(String name, Supplier<Request> request) {
    try {
      Signal.handle(new Signal(name), ignored -> requests.add(request.get()));
    } catch (IllegalArgumentException e) {
      // This virtual machine keeps the signal for itself; the others still work.
    }
  }
}
