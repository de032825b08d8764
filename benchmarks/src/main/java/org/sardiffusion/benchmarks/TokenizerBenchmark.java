package org.sardiffusion.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.text.TokenizedPrompt;

/**
 * Loading and using the tokenizer of a bundle, which the system property {@code bundle} names
 * ({@code -jvmArgs -Dbundle=DIR}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TokenizerBenchmark {
  private static final String PROMPT =
      "A <SAR> image of a dense forest next to a plowed field with a road, 40 cm, X-band";

  private Path folder;
  private ClipTokenizer tokenizer;

  @Setup
  public void load() {
    String bundle = System.getProperty("bundle", "runtime/src/test/resources/bundles/eps-vae8");
    folder = Path.of(bundle, "tokenizer");
    tokenizer = ClipTokenizer.load(folder);
  }

  @Benchmark
  public TokenizedPrompt encode() {
    return tokenizer.encode(PROMPT);
  }

  @Benchmark
  public int loadAndClose() {
    try (ClipTokenizer fresh = ClipTokenizer.load(folder)) {
      return fresh.vocabularySize();
    }
  }

  @TearDown
  public void close() {
    tokenizer.close();
  }
}
