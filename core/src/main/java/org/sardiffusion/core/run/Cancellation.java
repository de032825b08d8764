package org.sardiffusion.core.run;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Stops running work from another thread.
 *
 * <p>Work asks {@link #check} between its steps. Work that is inside of a native library leaves a
 * hook ({@link #onCancel}) that makes the library return at once. There is no way back: make one
 * for every request.
 */
public final class Cancellation implements AutoCloseable {
  private final Set<Hook> hooks = new LinkedHashSet<>();
  private volatile boolean cancelled;
  private boolean closed;

  /** Asks all work that was given this object to stop; returns at once. */
  public synchronized void cancel() {
    cancelled = true;
    hooks.forEach(hook -> hook.stop.run());
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Returns normally while nobody cancelled.
   *
   * @throws CancelledException once somebody did
   */
  public void check() {
    if (cancelled) {
      throw new CancelledException();
    }
  }

  /**
   * Has something done once somebody cancels: now, if somebody has.
   *
   * @param stop runs on the thread that cancels, at most once, and returns at once
   * @return what takes it away again
   * @throws IllegalStateException if the request's scope has ended
   */
  public synchronized Hook onCancel(Runnable stop) {
    if (closed) {
      throw new IllegalStateException("This cancellation is closed: make one for every request.");
    }
    Hook hook = new Hook(stop);
    hooks.add(hook);
    if (cancelled) {
      stop.run();
    }
    return hook;
  }

  /** What is done on cancelling, until it is closed: then it neither runs nor will run. */
  public final class Hook implements AutoCloseable {
    private final Runnable stop;

    private Hook(Runnable stop) {
      this.stop = stop;
    }

    @Override
    public void close() {
      synchronized (Cancellation.this) {
        hooks.remove(this);
      }
    }
  }

  /** Ends the scope of the request; hooks that are left do not run any more. */
  @Override
  public synchronized void close() {
    closed = true;
    hooks.clear();
  }
}
