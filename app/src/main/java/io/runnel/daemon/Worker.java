package io.runnel.daemon;

import io.runnel.config.ConfigElement;
import io.runnel.engine.Pipeline;

/**
 * One worker: a pipeline inside the process.
 *
 * @param root what it was made from, to go back to after a failed reload
 */
record Worker(int id, ConfigElement root, Pipeline pipeline) {}
