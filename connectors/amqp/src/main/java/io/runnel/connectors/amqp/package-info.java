/** RabbitMQ: input and output {@code amqp}. */
package io.runnel.connectors.amqp;
