package io.runnel.manager;

import io.runnel.config.Place;

/**
 * A value that a copied configuration has instead of the original's.
 *
 * @param place where it stands in the original
 * @param user the section
 * @param what the parameter
 * @param from the original's value, also where that was the default
 */
public record Move(Place place, String user, String what, String from, String to) {}
