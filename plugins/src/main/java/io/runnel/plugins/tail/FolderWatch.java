package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Changes told by the operating system (inotify).
 *
 * <p>Each write to a file in a watched folder costs a wake-up in the JDK. A folder that is written
 * to very often is therefore watched for names only, and its files are looked at four times a
 * second until it has become quiet.
 */
final class FolderWatch implements Changes {
  private static final long SECOND = 1_000_000_000L;
  private static final long BUSY_POLL = SECOND / 4;

  /** Writes in a second that make a folder busy. */
  private static final int BUSY_WRITES = 200;

  /** How long a busy folder is left alone before its writes are told again. */
  private static final long BUSY_TIME = 15 * SECOND;

  private static final WatchEvent.Kind<?>[] ALL = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };
  private static final WatchEvent.Kind<?>[] NAMES = {
    StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE
  };

  private static final class Folder {
    final String name;
    WatchKey key;
    long writes;
    long secondStart;
    long busyUntil;
    boolean busy;

    Folder(String name) {
      this.name = name;
    }
  }

  /** Registers a folder; what the operating system refuses is thrown. */
  interface Registration {
    WatchKey register(String folder, WatchService service, WatchEvent.Kind<?>[] kinds)
        throws IOException;
  }

  private final WatchService service;
  private final Registration registration;
  private final Clock clock;
  private final Log log;
  private final Map<String, Folder> byName = new HashMap<>();
  private final Map<WatchKey, Folder> byKey = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Object lock = new Object();
  private int busyFolders;
  private boolean limited;
  private Thread waiting;
  private boolean woken;

  FolderWatch(Clock clock, Log log) throws IOException {
    this(clock, log, (folder, service, kinds) -> Path.of(folder).register(service, kinds));
  }

  FolderWatch(Clock clock, Log log, Registration registration) throws IOException {
    this.service = FileSystems.getDefault().newWatchService();
    this.registration = registration;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public boolean watch(Set<String> folders) {
    boolean added = false;
    for (Folder old : List.copyOf(byName.values())) {
      if (!folders.contains(old.name)) {
        forget(old);
        old.key.cancel();
      }
    }
    for (String name : folders) {
      if (!byName.containsKey(name)) {
        Folder folder = new Folder(name);
        if (register(folder, ALL)) {
          byName.put(name, folder);
          added = true;
        }
      }
    }
    return added;
  }

  @Override
  public boolean isTold(String folder) {
    return byName.containsKey(folder);
  }

  private boolean register(Folder folder, WatchEvent.Kind<?>[] kinds) {
    try {
      String path = folder.name.isEmpty() ? "." : folder.name;
      folder.key = registration.register(path, service, kinds);
      byKey.put(folder.key, folder);
      return true;
    } catch (NoSuchFileException e) {
      return false; // looked at again with the next refresh
    } catch (IOException | ClosedWatchServiceException e) {
      refused(folder.name, e);
      return false;
    }
  }

  /** Says it once for a folder; where no more can be watched at all, once for all of them. */
  private void refused(String folder, Exception e) {
    boolean isLimit = String.valueOf(e.getMessage()).contains("limit");
    if (isLimit && !limited) {
      limited = true;
      log.warn(
          "no more folders can be watched, this and further ones are looked at once a second;"
              + " raise fs.inotify.max_user_watches (sysctl)",
          e,
          "folder",
          folder);
    } else if (!isLimit && refused.add(folder)) {
      log.warn("a folder cannot be watched, it is looked at once a second", e, "folder", folder);
    }
  }

  private void forget(Folder folder) {
    byName.remove(folder.name);
    byKey.remove(folder.key);
    if (folder.busy) {
      busyFolders--;
    }
  }

  @Override
  public List<Change> await(long nanos) throws InterruptedException {
    List<Change> changes = new ArrayList<>();
    try {
      WatchKey key = poll(busyFolders > 0 ? Math.min(nanos, BUSY_POLL) : nanos);
      for (; key != null; key = service.poll()) {
        drain(key, changes);
      }
    } catch (ClosedWatchServiceException e) {
      return changes;
    }
    if (busyFolders > 0) {
      pollBusy(changes);
    }
    return changes;
  }

  /**
   * A watch service can be woken by an interrupt only, which must not reach the thread while it
   * does anything else: it would close the files that are in use.
   */
  private WatchKey poll(long nanos) throws InterruptedException {
    synchronized (lock) {
      if (woken) {
        return service.poll();
      }
      waiting = Thread.currentThread();
    }
    try {
      return service.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      synchronized (lock) {
        if (!woken) {
          throw e;
        }
      }
      return service.poll();
    } finally {
      synchronized (lock) {
        waiting = null;
        if (woken) {
          Thread.interrupted();
        }
      }
    }
  }

  @Override
  public void wake() {
    synchronized (lock) {
      woken = true;
      if (waiting != null) {
        waiting.interrupt();
      }
    }
  }

  private void drain(WatchKey key, List<Change> changes) {
    Folder folder = byKey.get(key);
    for (WatchEvent<?> event : key.pollEvents()) {
      if (folder != null) {
        changes.add(change(folder, event));
      }
    }
    if (!key.reset() && folder != null) {
      forget(folder); // the folder is gone; a new one is found by the next refresh
      changes.add(new Change(Kind.OVERFLOW, folder.name, ""));
    }
  }

  private Change change(Folder folder, WatchEvent<?> event) {
    Kind kind;
    if (event.kind() == StandardWatchEventKinds.ENTRY_MODIFY) {
      kind = Kind.MODIFIED;
      count(folder, event.count());
    } else if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE) {
      kind = Kind.CREATED;
    } else if (event.kind() == StandardWatchEventKinds.ENTRY_DELETE) {
      kind = Kind.DELETED;
    } else {
      kind = Kind.OVERFLOW;
    }
    return new Change(kind, folder.name, event.context() == null ? "" : event.context().toString());
  }

  private void count(Folder folder, int writes) {
    long now = clock.nanos();
    if (now - folder.secondStart > SECOND) {
      folder.secondStart = now;
      folder.writes = 0;
    }
    folder.writes += writes;
    if (folder.writes > BUSY_WRITES && !folder.busy && register(folder, NAMES)) {
      folder.busy = true;
      folder.busyUntil = now + BUSY_TIME;
      busyFolders++;
    }
  }

  private void pollBusy(List<Change> changes) {
    long now = clock.nanos();
    for (Folder folder : byName.values()) {
      if (!folder.busy) {
        continue;
      }
      changes.add(new Change(Kind.MODIFIED, folder.name, ""));
      if (now - folder.busyUntil >= 0 && register(folder, ALL)) {
        folder.busy = false;
        folder.writes = 0;
        folder.secondStart = now;
        busyFolders--;
      }
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      log.debug("closing a watch service", "why", e.getMessage());
    }
  }
}
