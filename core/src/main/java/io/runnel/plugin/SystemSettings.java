package io.runnel.plugin;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * What plugins may know of {@code <system>} and the command line.
 *
 * @param instance the instance's name, for messages and locks
 * @param configFile the configuration file's path
 * @param rootDir {@code root_dir}
 * @param backupDir where chunks that cannot be delivered are kept (FLUENT_BACKUP_DIR)
 * @param filePermission {@code file_permission}; empty for each file's own default
 * @param dirPermission {@code dir_permission}
 * @param strictConfigValue {@code strict_config_value}
 * @param hostname the host's name
 */
public record SystemSettings(
    String instance,
    String configFile,
    Optional<Path> rootDir,
    Path backupDir,
    Optional<Set<PosixFilePermission>> filePermission,
    Optional<Set<PosixFilePermission>> dirPermission,
    boolean strictConfigValue,
    String hostname) {}
