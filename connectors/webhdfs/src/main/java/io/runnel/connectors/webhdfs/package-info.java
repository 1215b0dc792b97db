/** Hadoop's file system over HTTP: output {@code webhdfs}. */
package io.runnel.connectors.webhdfs;
