package org.sardiffusion.pipelines.batch;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The first of what goes wrong on several threads: an error, such as a full heap, as well as an
 * exception, since a thread of a pool would swallow either.
 */
final class FirstFailure {
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  void note(Throwable failure) {
    first.compareAndSet(null, failure);
  }

  boolean happened() {
    return first.get() != null;
  }

  /** Throws it as it is, if there is one. */
  void rethrow() {
    Throwable failure = first.get();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure != null) {
      throw new IllegalStateException("A thread of the batch failed: " + failure, failure);
    }
  }
}
