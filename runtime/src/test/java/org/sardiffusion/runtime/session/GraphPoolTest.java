package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.BundleException;

class GraphPoolTest {
  private enum Part {
    text_encoder,
    vae_decoder
  }

  private final AtomicInteger loads = new AtomicInteger();
  private final AtomicReference<GraphSession> last = new AtomicReference<>();

  private GraphSession load(Part part) {
    loads.incrementAndGet();
    GraphSession session =
        GraphSession.open(
            TestBundles.folder("eps-vae8").resolve(part.name()).resolve("model.onnx"),
            SessionSettings.cpu());
    last.set(session);
    return session;
  }

  @Test
  void keptGraphsLoadOnceAndCloseWithThePool() {
    GraphSession kept;
    try (GraphPool<Part> pool = new GraphPool<>(Part.class, GraphPool.Residency.KEEP, this::load)) {
      pool.preload(List.of(Part.text_encoder, Part.vae_decoder));
      kept = pool.use(Part.vae_decoder, session -> session);
      assertSame(kept, pool.use(Part.vae_decoder, session -> session));
      assertTrue(pool.use(Part.text_encoder, GraphPoolTest::isOpen));
      assertTrue(isOpen(kept));
    }
    assertEquals(2, loads.get());
    assertTrue(!isOpen(kept));
  }

  @Test
  void releasedGraphsAreNeverInMemoryTogether() {
    try (GraphPool<Part> pool =
        new GraphPool<>(
            Part.class,
            GraphPool.Residency.RELEASE,
            part -> {
              assertTrue(last.get() == null || !isOpen(last.get()), "two at once");
              return load(part);
            })) {
      pool.preload(List.of(Part.values()));
      assertEquals(0, loads.get());
      for (Part part : List.of(Part.text_encoder, Part.vae_decoder, Part.text_encoder)) {
        assertTrue(pool.use(part, GraphPoolTest::isOpen));
      }
      assertThrows(
          IllegalArgumentException.class,
          () ->
              pool.use(
                  Part.vae_decoder,
                  session -> {
                    throw new IllegalArgumentException("work failed");
                  }));
    }
    assertEquals(4, loads.get());
    assertTrue(!isOpen(last.get()));
  }

  @Test
  void aFailureInTheBackgroundIsToldOnceAsWhatItIs() {
    AtomicInteger tries = new AtomicInteger();
    try (GraphPool<Part> pool =
        new GraphPool<>(
            Part.class,
            GraphPool.Residency.KEEP,
            part -> {
              if (tries.getAndIncrement() == 0) {
                throw new BundleException("damaged");
              }
              return load(part);
            })) {
      pool.preload(List.of(Part.vae_decoder));
      BundleException failure =
          assertThrows(BundleException.class, () -> pool.use(Part.vae_decoder, session -> session));
      assertEquals("damaged", failure.getMessage());
      assertTrue(pool.use(Part.vae_decoder, GraphPoolTest::isOpen));
    }
  }

  @Test
  void errorsStayErrors() {
    try (GraphPool<Part> pool =
        new GraphPool<>(
            Part.class,
            GraphPool.Residency.KEEP,
            part -> {
              throw new OutOfMemoryError("no heap");
            })) {
      assertThrows(OutOfMemoryError.class, () -> pool.use(Part.vae_decoder, session -> session));
    }
  }

  @Test
  void whatLoadsWhileThePoolClosesIsClosedToo() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch loading = new CountDownLatch(1);
    AtomicReference<Thread> loader = new AtomicReference<>();
    try (GraphPool<Part> pool =
        new GraphPool<>(
            Part.class,
            GraphPool.Residency.KEEP,
            part -> {
              loader.set(Thread.currentThread());
              loading.countDown();
              try {
                assertTrue(closed.await(20, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return load(part);
            })) {
      pool.preload(List.of(Part.text_encoder));
      assertTrue(loading.await(20, TimeUnit.SECONDS));
    }
    closed.countDown();
    loader.get().join(20_000);
    assertEquals(1, loads.get());
    assertTrue(!isOpen(last.get()));
  }

  /** ONNX Runtime refuses to run a closed session. */
  private static boolean isOpen(GraphSession session) {
    try (Cancellation cancellation = new Cancellation()) {
      session.bind(Map.of(), Map.of()).run(cancellation);
      return true;
    } catch (DeviceException e) {
      // It runs, and misses its inputs.
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
