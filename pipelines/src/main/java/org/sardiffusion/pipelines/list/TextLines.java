package org.sardiffusion.pipelines.list;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.geo.table.ListFile;

/** One prompt a line. */
final class TextLines {
  private TextLines() {}

  static void read(ListFile file, PromptList.Collector collector) {
    int number = 0;
    for (String line : (Iterable<String>) file.text().lines()::iterator) {
      number++;
      String prompt = line.strip();
      if (!prompt.isEmpty() && !prompt.startsWith("#")) {
        collector.add(
            new PromptLine(number, Map.of(ImageColumns.PROMPT, List.of(prompt)), Optional.empty()));
      }
    }
  }
}
