package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;

class CancellationTest {
  private static Model model;

  @BeforeAll
  static void open() {
    model =
        Model.open(Bundle.open(TestBundles.folder("eps-vae8")), ModelOptions.cpu(), notice -> {});
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void cancellingManyStepsFromAnotherThreadStopsWithinASecond() throws InterruptedException {
    cancelAfterAWhile(request(128, 1000));
  }

  @Test
  void cancellingInsideOneLongStepStopsWithinASecond() throws InterruptedException {
    cancelAfterAWhile(request(1024, 1000));
  }

  private static void cancelAfterAWhile(GenerationRequest request) throws InterruptedException {
    AtomicLong cancelledAt = new AtomicLong();
    List<Integer> steps = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      Thread canceller =
          new Thread(
              () -> {
                try {
                  Thread.sleep(500);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                cancelledAt.set(System.nanoTime());
                cancellation.cancel();
              });
      canceller.start();
      assertThrows(
          CancelledException.class, () -> model.generate(request, counting(steps), cancellation));
      double seconds = (System.nanoTime() - cancelledAt.get()) * 1e-9;
      canceller.join();
      assertTrue(seconds < 1, "took " + seconds + " s");
      assertTrue(steps.size() < 1000);
      assertTrue(cancellation.isCancelled());
      // What was cancelled stays so.
      assertThrows(
          CancelledException.class,
          () -> model.generate(request(64, 1), DiffusionListener.NONE, cancellation));
    }
    // The model itself goes on.
    try (Cancellation fresh = new Cancellation()) {
      model.generate(request(64, 1), DiffusionListener.NONE, fresh);
    }
  }

  @Test
  void cancelledBeforeTheStartNothingRuns() {
    List<Integer> steps = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      cancellation.cancel();
      assertThrows(CancelledException.class, cancellation::check);
      assertThrows(
          CancelledException.class,
          () -> model.generate(request(64, 2), counting(steps), cancellation));
    }
    assertEquals(List.of(), steps);
  }

  @Test
  void aListenerMayCancel() {
    List<Integer> steps = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      DiffusionListener listener =
          new DiffusionListener() {
            @Override
            public void step(Step step) {
              steps.add(step.index());
              if (step.index() == 2) {
                cancellation.cancel();
              }
            }
          };
      assertThrows(
          CancelledException.class, () -> model.generate(request(64, 9), listener, cancellation));
    }
    assertEquals(List.of(1, 2), steps);
  }

  @Test
  void aClosedCancellationIsRefusedAndCancelsQuietly() {
    Cancellation cancellation = new Cancellation();
    model.generate(request(64, 1), DiffusionListener.NONE, cancellation);
    cancellation.close();
    cancellation.close();
    assertThrows(
        IllegalStateException.class,
        () -> model.generate(request(64, 1), DiffusionListener.NONE, cancellation));
    cancellation.cancel();
    assertThrows(CancelledException.class, cancellation::check);
  }

  private static GenerationRequest request(int side, int steps) {
    return GenerationRequest.of(
        "a forest", new Size(side, side), Sampling.DIFFUSERS.withSteps(steps));
  }

  private static DiffusionListener counting(List<Integer> steps) {
    return new DiffusionListener() {
      @Override
      public void step(Step step) {
        steps.add(step.index());
      }
    };
  }
}
