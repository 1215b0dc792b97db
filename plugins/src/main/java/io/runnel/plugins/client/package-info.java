/**
 * What outputs and connectors need to talk to servers: connections with limits on time ({@link
 * io.runnel.plugins.client.ClientConnection}), HTTP/1.1 over them ({@link
 * io.runnel.plugins.client.HttpClient}), the rules of a destination that takes events over HTTP
 * ({@link io.runnel.plugins.client.HttpDestination}), and requests that are signed for AWS ({@link
 * io.runnel.plugins.client.AwsSigner}).
 */
package io.runnel.plugins.client;
