package io.runnel.buffer;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * How a buffer uses its folder.
 *
 * @param filePermission null for 0644 less the umask
 * @param directoryPermission null for 0755 less the umask
 * @param backup false where damaged content is thrown away (disable_chunk_backup)
 * @param warnOfResumed true where each chunk that an earlier run left is worth a warning: with
 *     flush_at_shutdown true there should be none
 * @param countLines whether the lines of text that Fluentd's buf_file_single left are counted
 *     (calc_num_records); all other chunks tell how many records they have
 */
public record FileSettings(
    FileLayout layout,
    Compression compression,
    ChunkFormat format,
    Set<PosixFilePermission> filePermission,
    Set<PosixFilePermission> directoryPermission,
    boolean backup,
    boolean warnOfResumed,
    boolean countLines) {}
