package org.sardiffusion.runtime.session;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * The graphs of one model, loaded when they are needed and kept or released as the memory allows.
 *
 * <p>Several threads may use graphs at once, but none that another releases; closing it closes
 * every graph that it still holds.
 *
 * @param <P> names the graphs
 */
public final class GraphPool<P extends Enum<P>> implements AutoCloseable {

  /** What happens to a graph after its use. */
  public enum Residency {
    /** Every graph stays loaded: fastest for many images. */
    KEEP,
    /**
     * A graph is loaded for its use and released after it, so that no two are ever in memory
     * together.
     */
    RELEASE
  }

  private final Residency residency;
  private final Function<P, GraphSession> loader;
  private final Map<P, CompletableFuture<GraphSession>> loaded;
  private final Object released = new Object();

  /**
   * @param type the enum that names the graphs
   * @param residency whether graphs stay
   * @param loader loads one graph; called from several threads
   */
  public GraphPool(Class<P> type, Residency residency, Function<P, GraphSession> loader) {
    this.residency = residency;
    this.loader = loader;
    this.loaded = Collections.synchronizedMap(new EnumMap<>(type));
  }

  /** Starts to load graphs side by side, where they are to stay; otherwise does nothing. */
  public void preload(List<P> parts) {
    if (residency == Residency.KEEP) {
      parts.forEach(this::load);
    }
  }

  /**
   * Does some work with a graph.
   *
   * @throws DeviceException if it can't be loaded
   */
  public <T> T use(P part, Function<GraphSession, T> work) {
    if (residency == Residency.RELEASE) {
      // Not even for two threads are two graphs in memory together.
      synchronized (released) {
        try (GraphSession session = loader.apply(part)) {
          return work.apply(session);
        }
      }
    }
    return work.apply(await(part));
  }

  /** Takes a graph out of memory that is not needed any more; it may be used again. */
  public void release(P part) {
    CompletableFuture<GraphSession> future = loaded.remove(part);
    if (future != null) {
      closeWhenLoaded(future);
    }
  }

  private static void closeWhenLoaded(CompletableFuture<GraphSession> future) {
    future.handle(
        (session, failure) -> {
          if (session != null) {
            session.close();
          }
          return null;
        });
  }

  private CompletableFuture<GraphSession> load(P part) {
    return loaded.computeIfAbsent(
        part,
        p -> {
          CompletableFuture<GraphSession> future = new CompletableFuture<>();
          Thread thread =
              new Thread(
                  () -> {
                    try {
                      future.complete(loader.apply(p));
                    } catch (Throwable e) {
                      future.completeExceptionally(e);
                    }
                  },
                  "load-" + p.name());
          thread.setDaemon(true);
          thread.start();
          return future;
        });
  }

  private GraphSession await(P part) {
    CompletableFuture<GraphSession> loading = load(part);
    try {
      return loading.join();
    } catch (CompletionException e) {
      // Told once: who asks again may have made room, or put the file right.
      loaded.remove(part, loading);
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    loaded.values().forEach(GraphPool::closeWhenLoaded);
    loaded.clear();
  }
}
