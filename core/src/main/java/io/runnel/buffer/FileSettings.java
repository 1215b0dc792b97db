package io.runnel.buffer;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * How a buffer uses its folder.
 *
 * @param filePermission null for 0644 less the umask
 * @param directoryPermission null for 0755 less the umask
 * @param backup false where damaged content is thrown away (disable_chunk_backup)
 * @param countRecords false where the records of resumed chunks without a count are not counted
 */
public record FileSettings(
    FileLayout layout,
    Compression compression,
    ChunkFormat format,
    Set<PosixFilePermission> filePermission,
    Set<PosixFilePermission> directoryPermission,
    boolean backup,
    boolean countRecords) {}
