package io.runnel.host;

import io.runnel.event.EventTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

enum SystemClock implements Clock {
  INSTANCE;

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long eventTime() {
    Instant now = Instant.now();
    return EventTime.pack(now.getEpochSecond(), now.getNano());
  }

  @Override
  public void sleep(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
  }
}
