package org.sardiffusion.runtime.diffusion;

import java.util.function.Supplier;

/** Adds up the seconds of each stage. */
final class Stopwatch {
  private double encode;
  private double denoise;
  private double unet;
  private double decode;

  <T> T encode(Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    encode += since(start);
    return result;
  }

  <T> T denoise(Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    denoise += since(start);
    return result;
  }

  void decode(Runnable work) {
    long start = System.nanoTime();
    work.run();
    decode += since(start);
  }

  void unet(double seconds) {
    unet += seconds;
  }

  StageSeconds seconds() {
    return new StageSeconds(encode, denoise, unet, decode);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
