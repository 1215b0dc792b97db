package io.runnel.engine;

import io.runnel.buffer.MessageMemory;
import io.runnel.host.Clock;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessMemory;
import io.runnel.log.LogSink;
import io.runnel.metrics.Counter;
import io.runnel.net.Sockets;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.Supervision;
import io.runnel.plugin.SystemSettings;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What all plugins of the process share, over workers and reloads.
 *
 * @param emits counts the streams that inputs emit: while it stands still, the daemon is idle
 */
public record Services(
    LogSink log,
    Clock clock,
    RandomGenerator random,
    Sockets sockets,
    Ownership ownership,
    List<PluginCatalog> catalogs,
    SystemSettings settings,
    Supervision supervision,
    ProcessMemory memory,
    Counter emits,
    MessageMemory messages) {}
