package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.time.Duration;
import java.util.List;

/** What the inputs that show figures of the daemon share. */
@Doc("How the figures are shown.")
record MonitorConfig(
    @Doc("Has no effect: the figures are read when somebody asks.") @Default("5") Duration interval,
    @Doc("More labels; ${hostname} and ${worker_id} are known.") List<ConfigElement> labels) {}
