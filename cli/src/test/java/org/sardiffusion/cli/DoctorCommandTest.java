package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void saysThatThisMachineWorks() throws IOException {
    CommandRun run = CommandRun.of("doctor", "--json");
    assertEquals(0, run.status(), run.out());
    assertEquals("", run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertTrue(json.get("works").asBoolean());
    List<String> subjects =
        json.get("findings").valueStream().map(f -> f.get("subject").asText()).toList();
    assertTrue(
        subjects.containsAll(
            List.of(
                "Version",
                "Java",
                "System",
                "Memory",
                "ONNX Runtime",
                "NVIDIA driver",
                "CUDA provider",
                "Default model",
                "Cache",
                "Working folder",
                "Python",
                "Python packages",
                "Terminal")),
        run.out());
    for (JsonNode finding : json.get("findings")) {
      boolean fine = List.of("ok", "problem").contains(finding.get("status").asText());
      assertTrue(fine || finding.has("remedy"), finding.toString());
    }
  }

  @Test
  void endsWithItsVerdict() {
    CommandRun run = CommandRun.of("doctor");
    assertEquals(0, run.status(), run.out());
    assertTrue(run.out().strip().endsWith("sar-diffusion can make images here."), run.out());
  }
}
