package io.runnel.plugins.output;

import io.runnel.net.TlsContext;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * What all nodes of a forward output share.
 *
 * @param tls null for plain TCP
 * @param connectMillis for making a connection
 * @param handshakeMillis for the answers during TLS and authentication
 * @param detectsFailures false for heartbeat_type none
 * @param recoverySamples signs of life that a lost node must show
 * @param keepaliveTimeoutNanos negative: kept for ever
 * @param dnsExpireNanos negative: for ever, 0: never used again
 * @param selfHostname present where connections are authenticated
 * @param secureRandom for the salts
 */
record ForwardSettings(
    TlsContext tls,
    int connectMillis,
    int handshakeMillis,
    boolean detectsFailures,
    long heartbeatNanos,
    long hardTimeoutNanos,
    boolean phiDetector,
    int phiThreshold,
    int recoverySamples,
    boolean keepalive,
    long keepaliveTimeoutNanos,
    boolean keepalivePackets,
    long dnsExpireNanos,
    boolean dnsRoundRobin,
    Optional<String> selfHostname,
    String sharedKey,
    SecureRandom secureRandom) {}
