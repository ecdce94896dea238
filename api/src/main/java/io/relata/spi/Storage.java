package io.relata.spi;

/**
 * A block of a backend's memory, shared by all arrays that look at it. It is freed once: by its
 * scope, or when nothing reaches it any more.
 */
public abstract class Storage {
  /** Start of the block in the backend's address space. Throws when the block was freed. */
  public abstract long address();

  /** Usable size in bytes. */
  public abstract long bytes();
}
