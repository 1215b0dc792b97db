package io.runnel.ruby;

/** An opened file ({@code File.open(path)}); read when asked for. */
record RubyFile(String path) {}
