/**
 * Chunks of events between an input and an output: stage and queue, in memory or in files.
 *
 * <h2>Files of a chunk</h2>
 *
 * The files are those of Fluentd's buf_file and buf_file_single, which can take over where Runnel
 * stopped and the other way round. {@code ID} is the chunk's 16 bytes in hexadecimal.
 *
 * <pre>
 * PREFIX.bID.SUFFIX        a staged chunk: grows
 * PREFIX.qID.SUFFIX        the same chunk in the queue: renamed, no longer changes
 * PREFIX.bID.SUFFIX.meta   its metadata (buf_file); renamed with it
 * .PREFIX.ID.sum           its checksums and a copy of the metadata; Fluentd's globs pass over it
 * .PREFIX.ID.out           where its output is writing it to, from before the first byte until the
 *                          chunk is deleted; the output's own format
 * .PREFIX.books            what became of the events of this buffer, over all runs
 * .PREFIX.receipts         which messages of senders that repeat them are stored in this buffer
 * PREFIX.KEY.bID.SUFFIX    buf_file_single: the one chunk key's value is in the name, all bytes but
 *                          [-_.a-zA-Z0-9] as %XX; no meta file
 * </pre>
 *
 * <p>In a folder PREFIX is {@code buffer} and SUFFIX {@code log} (buf_file), or {@code fsb} and
 * {@code buf} (buf_file_single).
 *
 * <p><b>Chunk.</b> MessagePack {@code [EventTime, record]} arrays back to back, or the bytes of the
 * output's formatter; with compression one gzip member or zstd frame per append.
 *
 * <p><b>Id.</b> 8 bytes big endian: microseconds since the epoch shifted left by 12, with 12 random
 * bits; then 8 random bytes.
 *
 * <p><b>Meta file.</b>
 *
 * <pre>
 * c1 00            magic
 * uint32 BE        length of the map; bytes behind it are stale and ignored
 * MessagePack map  timekey (uint or nil), tag (str, bin or nil), variables (map or nil), seq (uint),
 *                  id (bin), s (number of events), c and m (created and modified, seconds)
 * </pre>
 *
 * The older form is the map alone. Fluentd rewrites the file in place at each commit. Here it is
 * written when the chunk is created (with {@code s} 0), anew under its queue name before the chunk
 * itself is renamed, and replaced as a whole at a stop: a meta file is never half written, and the
 * hot path does not pay for it. After a crash {@code s} may be too small; the checksums know
 * better.
 *
 * <p><b>Checksum file.</b> All numbers big endian, checksums CRC32C.
 *
 * <pre>
 * 52 4e 4c 53 55 4d 00 01   "RNLSUM", 0, version 1
 * uint32                    length L of the header
 * uint32                    checksum of the header
 * L bytes                   MessagePack: the map of the meta file as of the chunk's creation, then
 *                           the machine's boot id as a str
 * then for each piece of the chunk, in order and without gaps, 16 bytes:
 *   uint32                  length of the piece, at most 512; the highest bit is set in the last
 *                           piece of an append
 *   uint32                  in the last piece of an append: number of events in it; else 0
 *   uint32                  checksum of the piece
 *   uint32                  checksum of the 12 bytes before
 * </pre>
 *
 * Entries are collected and written after the first append, then in blocks of 4 KB, and before
 * every sync: the chunk may be ahead of its checksums, after a crash of the process, and where
 * Fluentd went on with it.
 *
 * <p><b>Files of receipts and of books.</b> All numbers big endian, checksums CRC32C.
 *
 * <pre>
 * 52 4e 4c 4f 4e 43 00 01   "RNLONC", 0, version 1: receipts; none before the first message that
 *                           wants an answer
 * 52 4e 4c 42 4f 4b 00 01   "RNLBOK", 0, version 1: books
 * uint32                    length L of the boot id
 * uint32                    checksum of it
 * L bytes                   the machine's boot id
 * then records of 36 bytes: a kind, 28 bytes, and the checksum of the 32 bytes before
 *
 * receipts:
 *   uint32 1   touch        16 bytes id of a chunk, uint64 its length, uint32 by how much it will
 *                           grow
 *   uint32 2   stored       uint64 hash of the message's id, uint64 hash of what was stored of it
 *                           (bytes, their CRC32C, number of events, which emit of the message it
 *                           was), uint64 0, uint32 time in seconds
 *   uint32 3   safe         uint64 how many of the stored records up to here are on the disk
 *                           together with their events, 20 bytes 0
 *
 * books:
 *   uint32 n   removed      16 bytes id of a chunk (or 0), uint64 number of events, uint32 time in
 *                           seconds; n is 1 delivered, 2 delivered by the secondary, 3 dropped as
 *                           the oldest, 4 at the limit of retries, 5 unrecoverable, 6 damaged, 7 at
 *                           a shutdown; with the highest bit set: a sum over chunks that are gone
 * </pre>
 *
 * An emit writes its touches, the events, and then one stored record. Where the process ends in
 * between, the next start finds touches without a stored record behind them, and cuts the chunks
 * back: the sender got no answer and comes again. After a power loss only what is within the last
 * safe mark counts, and what the checked chunks hold. Where an append is taken back, so are its
 * touches. The file is written anew at a start, and where much of it no longer counts.
 *
 * <p>The books are written before a chunk is deleted. Where a crash leaves both, the next start
 * deletes a chunk that was delivered. What came in is not written: it is what was removed and what
 * is there.
 *
 * <h2>Safety</h2>
 *
 * An append is one write to the chunk file and does not sync. {@link
 * io.runnel.buffer.PendingSync#awaitAll} does: chunk, checksums, and once per chunk the folder. One
 * thread syncs for all that wait for the same chunk. A rename to the queue is not synced: a power
 * loss turns the chunk back into a staged one. After a failed sync the chunk promises nothing more.
 *
 * <p>Recovery goes through the checksums; behind the last of them it goes by the structure of the
 * content (whole MessagePack values, lines, gzip members, zstd frames), unless the machine was
 * restarted since: then there may be holes, and nobody was promised anything. What is sound up to
 * the first damage is kept, cut at the end of a whole event; the rest is copied to the backup
 * folder first, and the log says how many events were saved. A missing or damaged meta file is
 * replaced by the copy among the checksums. Staged chunks are checked at start, up to 64 MB of
 * them, others when their turn to be delivered comes.
 *
 * <p>Invariants: a chunk of ours has its checksum file before it exists and until it is deleted; a
 * {@code q} file has its meta file before it gets that name; the bytes that the checksums cover are
 * those of whole appends that have succeeded.
 */
package io.runnel.buffer;
