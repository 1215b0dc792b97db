package io.runnel.net;

/** Listening sockets of the daemon, shared between its workers and kept open over a reload. */
public interface Sockets {}
