package org.sardiffusion.pipelines.list;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One prompt a line. */
final class TextLines {
  private TextLines() {}

  static void read(Path source, String text, PromptList.Collector collector) {
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      String prompt = line.strip();
      if (!prompt.isEmpty() && !prompt.startsWith("#")) {
        collector.add(
            new PromptLine(number, Map.of(ImageColumns.PROMPT, List.of(prompt)), Optional.empty()));
      }
    }
  }
}
