package io.relata.spi;

/**
 * What a user may ask of a backend.
 *
 * @param threads worker threads including the caller, at least 1
 */
public record BackendOptions(int threads) {}
