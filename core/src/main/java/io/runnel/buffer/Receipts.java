package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which messages of senders that repeat them (forward with acknowledgement) this buffer has stored.
 * Of a file buffer they outlive the process: whether a message is known is decided by the very
 * files that hold its events, so that a crash at any instruction leaves both or neither.
 *
 * <p>An emit writes that a chunk will grow (touch), then the events, then the receipt; touches at
 * the end of the file without a receipt are undone at the next start. Bounds are those of the
 * {@link MessageMemory}. Safe for use by several threads; changes come under the lock of the
 * buffer.
 */
public final class Receipts {
  /** The file is written anew where it holds this many receipts beyond those that still count. */
  private static final int SLACK = 65_536;

  private final MessageMemory memory;
  private final FileStore store;
  private final ReceiptTable table = new ReceiptTable();
  private final Deque<Unsafe> unsafe = new ArrayDeque<>();
  private List<Receipts> family = List.of();
  private RecordFile file;
  private long inFile;
  private long safe;
  private long safeWritten;
  private volatile boolean dirty;

  /** A receipt whose events may not have been synced yet. */
  private record Unsafe(Receipt receipt, int seconds, List<Part> parts) {
    boolean isSafe() {
      for (Part part : parts) {
        if (!part.chunk().isSafe(part.touch().end())) {
          return false;
        }
      }
      return true;
    }
  }

  /** Where some of the events went. */
  record Part(FileChunk chunk, ReceiptFile.Touch touch) {}

  /**
   * @param store null for a buffer in memory
   */
  Receipts(MessageMemory memory, FileStore store) {
    this.memory = memory;
    this.store = store;
  }

  /**
   * Stands in for the buffers of the same name, and they for this one.
   *
   * @param name null for a buffer that stands alone
   */
  public void join(String name) {
    if (name != null) {
      List<Receipts> joined = memory.family(name);
      joined.add(this);
      synchronized (this) {
        family = joined;
      }
    }
  }

  /** True where the events of that receipt are stored, here or in a buffer of the family. */
  boolean isKnown(Receipt receipt) {
    if (knows(receipt)) {
      return true;
    }
    for (Receipts other : others()) {
      if (other != this && other.knows(receipt)) {
        return true;
      }
    }
    return false;
  }

  private synchronized List<Receipts> others() {
    return family;
  }

  private synchronized boolean knows(Receipt receipt) {
    if (!table.contains(receipt.id(), receipt.check(), memory.notBefore())) {
      return false;
    }
    for (Unsafe each : unsafe) {
      if (each.receipt().equals(receipt)) {
        // an acknowledgement has to wait for them as if they were stored now
        each.parts().forEach(part -> PendingSync.touched(part.chunk(), part.touch().end()));
      }
    }
    return true;
  }

  // --- storing, under the lock of the buffer

  /** A point to which {@link #undo} can go back; -1 where there is no file yet. */
  synchronized long mark() {
    return file == null ? -1 : file.length();
  }

  /** Says that a chunk is about to grow; null for a chunk in memory. */
  synchronized Part touch(StoredChunk chunk, int length) throws IOException {
    if (!(chunk instanceof FileChunk target)) {
      return null;
    }
    open();
    ReceiptFile.Touch touch = new ReceiptFile.Touch(target.idBytes(), target.bytes, length);
    file.append(ReceiptFile.touch(touch));
    return new Part(target, touch);
  }

  private void open() throws IOException {
    if (file == null) {
      create(List.of(), 0);
      inFile = 0;
      safe = 0;
      safeWritten = 0;
    }
  }

  private void create(List<ReceiptFile.Entry> entries, long safeOfThem) throws IOException {
    file =
        ReceiptFile.create(
            store.disk(),
            store.layout().receipts(),
            store.bootId(),
            store.settings().filePermission(),
            entries,
            safeOfThem);
  }

  /** The events are where the touches said. */
  synchronized void stored(Receipt receipt, List<Part> parts) throws IOException {
    int now = memory.now();
    if (!parts.isEmpty()) {
      file.append(ReceiptFile.stored(receipt, now));
      dirty = true;
      inFile++;
      unsafe.addLast(new Unsafe(receipt, now, parts));
    }
    table.add(receipt.id(), receipt.check(), now, memory.count());
    if (inFile > table.size() + (long) SLACK + unsafe.size()) {
      rewrite();
    }
  }

  /** Takes back touches whose events were taken back. */
  synchronized void undo(long mark) {
    if (file == null || mark == file.length()) {
      return;
    }
    try {
      file.truncate(mark < 0 ? 0 : mark);
      safeWritten = -1; // may have been behind the mark
      if (mark < 0) {
        abandon();
      }
    } catch (IOException e) {
      store.report().warn("failed to take back a receipt", e, "path", file.path());
      abandon(); // what it says of chunks would no longer be true
    }
  }

  /** Goes on with a new file; what this one said is forgotten at the next start. */
  private void abandon() {
    try (RecordFile closing = file) {
      file = null;
      store.disk().delete(closing.path());
    } catch (IOException e) {
      store.report().warn("failed to remove the file of receipts", e);
    }
  }

  /** Leaves out what no longer counts. A failure leaves the file as it is. */
  private void rewrite() {
    List<ReceiptFile.Entry> entries = new ArrayList<>(table.size());
    Map<Receipt, List<ReceiptFile.Touch>> touches = new HashMap<>();
    for (Unsafe each : unsafe) {
      touches.put(each.receipt(), each.parts().stream().map(Part::touch).toList());
    }
    long notBefore = memory.notBefore();
    table.each(
        (id, check, seconds) -> {
          Receipt receipt = new Receipt(id, check);
          List<ReceiptFile.Touch> open = touches.get(receipt);
          if (seconds >= notBefore) {
            entries.add(new ReceiptFile.Entry(receipt, seconds, open == null ? List.of() : open));
          }
        });
    long safeNow = Math.max(0, entries.size() - (long) unsafe.size());
    try (RecordFile old = file) {
      create(entries, safeNow);
      inFile = entries.size();
      safe = safeNow;
      safeWritten = safeNow;
      dirty = true;
      store.report().debug("wrote the receipts anew", "path", old.path(), "count", inFile);
    } catch (IOException e) {
      store.report().warn("failed to write the receipts anew", e);
    }
  }

  // --- sync

  /** True once for whoever is to sync the file beside the chunks. */
  boolean takeDirty() {
    if (!dirty) {
      return false;
    }
    synchronized (this) {
      boolean was = dirty;
      dirty = false;
      return was;
    }
  }

  /** Syncs the file. A failure costs nothing but knowledge: events are not lost with it. */
  void force() {
    RecordFile current;
    synchronized (this) {
      current = file;
    }
    try {
      if (current != null) {
        current.force();
      }
    } catch (IOException e) {
      synchronized (this) {
        if (current != file) {
          return; // it was replaced meanwhile
        }
      }
      store.report().warn("failed to sync the receipts", e, "path", current.path());
    }
  }

  /** Events were synced: notes how far all of them are, for after a power loss. */
  synchronized void advance() {
    if (file == null || unsafe.isEmpty()) {
      return;
    }
    while (!unsafe.isEmpty() && unsafe.peekFirst().isSafe()) {
      unsafe.removeFirst();
      safe++;
    }
    if (safe == safeWritten) {
      return;
    }
    try {
      file.append(ReceiptFile.safe(safe));
      safeWritten = safe;
      dirty = true;
    } catch (IOException e) {
      store.report().debug("failed to note what is synced", "path", file.path());
    }
  }

  synchronized void close() {
    if (!family.isEmpty()) {
      family.remove(this);
    }
    if (file == null) {
      return;
    }
    try (RecordFile closing = file) {
      file = null;
      closing.force();
    } catch (IOException e) {
      store.report().warn("failed to close the receipts", e);
    }
  }

  // --- after a restart

  /** Undoes what a crash left half done; before the chunks are looked at. */
  synchronized ReceiptFile.Content load() throws IOException {
    Path path = store.layout().receipts();
    if (!store.disk().exists(path)) {
      return null;
    }
    ReceiptFile.Content content = ReceiptFile.read(store.disk().readAll(path));
    if (content.bootId().equals(store.bootId())) {
      for (ReceiptFile.Touch touch : content.open()) {
        cut(touch);
      }
    }
    return content;
  }

  /** Cuts off what was appended without a receipt: its sender has no answer and comes again. */
  private void cut(ReceiptFile.Touch touch) throws IOException {
    Disk disk = store.disk();
    FileLayout layout = store.layout();
    String id = ChunkId.hex(touch.chunkId());
    for (Path path : disk.list(layout.directory())) {
      FileLayout.Name name = layout.parse(path);
      if (name == null || name.queued() || !ChunkId.hex(name.id()).equals(id)) {
        continue;
      }
      long size = disk.stat(path).size();
      if (size > touch.start() && size <= touch.end()) {
        cutSums(layout.sums(path, name.id()), touch.start());
        store.truncate(path, touch.start());
        store
            .report()
            .info("a message that was half stored is taken back", "path", path, "bytes", size);
      }
    }
  }

  private void cutSums(Path path, long chunkLength) throws IOException {
    SumsReader sums = store.readSums(path);
    if (sums == null || sums.meta() == null) {
      return;
    }
    long covered = 0;
    int kept = 0;
    while (kept < sums.entries() && covered + sums.length(kept) <= chunkLength) {
      covered += sums.length(kept++);
    }
    store.truncate(path, sums.soundLength() - (sums.entries() - kept) * (long) ChunkSums.ENTRY);
  }

  /**
   * Takes over what an earlier run knew, as far as the events are there.
   *
   * @param content what {@link #load} gave
   */
  synchronized void confirm(ReceiptFile.Content content, ChunkStore.Resumed resumed)
      throws IOException {
    Map<String, StoredChunk> staged = byId(resumed.staged());
    Map<String, StoredChunk> queued = byId(resumed.queued());
    boolean sameBoot = content.bootId().equals(store.bootId());
    List<ReceiptFile.Entry> kept = new ArrayList<>();
    Set<FileChunk> unsynced = new LinkedHashSet<>();
    long position = 0;
    long notBefore = memory.notBefore();
    for (ReceiptFile.Entry entry : content.entries()) {
      boolean synced = position < content.safe();
      position++;
      if (entry.seconds() >= notBefore && holds(entry, sameBoot || synced, staged, queued)) {
        kept.add(new ReceiptFile.Entry(entry.receipt(), entry.seconds(), List.of()));
        if (!synced) {
          entry.touches().forEach(touch -> addChunk(touch, staged, queued, unsynced));
        }
      }
    }
    for (ReceiptFile.Entry entry : kept) {
      Receipt receipt = entry.receipt();
      table.add(receipt.id(), receipt.check(), entry.seconds(), memory.count());
    }
    inFile = table.size();
    safe = inFile;
    safeWritten = inFile;
    Path path = store.layout().receipts();
    try {
      // the new file says that all of them are safe, also to a start after a power loss
      force(unsynced);
      create(kept.subList(kept.size() - table.size(), kept.size()), inFile);
      file.force();
    } catch (IOException e) {
      store.report().warn("failed to write the receipts anew", e, "path", path);
      store.disk().delete(path); // what it says of chunks will not stay true
    }
  }

  private static void addChunk(
      ReceiptFile.Touch touch,
      Map<String, StoredChunk> staged,
      Map<String, StoredChunk> queued,
      Set<FileChunk> found) {
    String id = ChunkId.hex(touch.chunkId());
    if (staged.getOrDefault(id, queued.get(id)) instanceof FileChunk chunk) {
      found.add(chunk);
    }
  }

  private void force(Set<FileChunk> chunks) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    for (FileChunk chunk : chunks) {
      store.disk().force(chunk.path());
      if (store.disk().exists(chunk.sumsPath())) {
        store.disk().force(chunk.sumsPath());
      }
      folders.add(chunk.path().getParent());
    }
    for (Path folder : folders) {
      store.disk().force(folder);
    }
  }

  private static Map<String, StoredChunk> byId(List<StoredChunk> chunks) {
    Map<String, StoredChunk> found = new HashMap<>();
    chunks.forEach(chunk -> found.put(chunk.hexId(), chunk));
    return found;
  }

  /** True where nothing of the events is missing; staged chunks have been checked by now. */
  private static boolean holds(
      ReceiptFile.Entry entry,
      boolean trusted,
      Map<String, StoredChunk> staged,
      Map<String, StoredChunk> queued) {
    for (ReceiptFile.Touch touch : entry.touches()) {
      String id = ChunkId.hex(touch.chunkId());
      StoredChunk chunk = staged.get(id);
      StoredChunk any = chunk == null ? queued.get(id) : chunk;
      if (any != null && any.bytes < touch.end() || !trusted && chunk == null) {
        return false;
      }
    }
    return trusted || !entry.touches().isEmpty();
  }
}
