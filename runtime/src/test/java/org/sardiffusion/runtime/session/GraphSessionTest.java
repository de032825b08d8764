package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;

class GraphSessionTest {
  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void copy() throws IOException {
    Path folder = TestBundles.copy(TestBundles.folder("eps-vae8").resolve("unet"), temporary);
    model = folder.resolve("model.onnx");
  }

  @Test
  void knowsItsInputsAndOutputs() {
    try (GraphSession session = open()) {
      assertEquals(model, session.model());
      assertTrue(session.hasInput("sample"));
      assertFalse(session.hasInput("timestep_cond"));
      assertEquals(4, session.inputShape("sample")[1]);
      assertTrue(session.outputNames().contains("out_sample"));
    }
  }

  @Test
  void aMissingGraphIsNamed() throws IOException {
    Files.delete(model);
    refused();
  }

  @Test
  void aMissingWeightFileIsNamed() throws IOException {
    Files.delete(model.resolveSibling("model.onnx_data"));
    assertTrue(refused().contains("model.onnx_data"));
  }

  @Test
  void aTruncatedGraphIsRefused() throws IOException {
    truncate(model);
    refused();
  }

  @Test
  void truncatedWeightsAreRefused() throws IOException {
    truncate(model.resolveSibling("model.onnx_data"));
    refused();
  }

  @Test
  void garbageIsRefused() throws IOException {
    Files.writeString(model, "<html>404</html>".repeat(100));
    refused();
    Files.write(model, new byte[0]);
    refused();
  }

  @Test
  void namesThatAreNotThereAreToldWithThoseThatAre() {
    try (GraphSession session = open()) {
      String message =
          assertThrows(DeviceException.class, () -> session.newInput("latents", 1, 4, 8, 8))
              .getMessage();
      assertTrue(message.contains("\"latents\"") && message.contains("encoder_hidden_states"));
      assertThrows(DeviceException.class, () -> session.newOutput("sample", 1));
      assertThrows(DeviceException.class, () -> session.inputShape("x"));
      assertThrows(DeviceException.class, () -> session.outputShape("x"));
    }
  }

  @Test
  void missingOrMisshapenInputsAreRefused() {
    try (GraphSession session = open();
        Cancellation cancellation = new Cancellation();
        HostTensor sample = session.newInput("sample", 1, 3, 8, 8);
        HostTensor output = session.newOutput("out_sample", 1, 4, 8, 8)) {
      GraphSession.Binding binding =
          session.bind(Map.of("sample", sample), Map.of("out_sample", output));
      String message =
          assertThrows(DeviceException.class, () -> binding.run(cancellation)).getMessage();
      assertTrue(message.contains(model.toString()), message);
    }
  }

  @Test
  void cudaWithoutCudaSaysWhatToDo() {
    assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
    SessionSettings settings = new SessionSettings(Device.parse("cuda:1"), OptionalInt.empty());
    DeviceException refused =
        assertThrows(DeviceException.class, () -> GraphSession.open(model, settings));
    String message = refused.getMessage();
    assertTrue(message.contains("cuda:1") && message.contains("-Pcuda"), message);
    assertEquals(List.of(Remedy.set("device", "cpu")), refused.remedies());
  }

  @Test
  void parsesDevices() {
    assertEquals(new Device.Cpu(), Device.parse("cpu"));
    assertEquals(new Device.Cuda(0, OptionalLong.empty()), Device.parse("cuda"));
    assertEquals(new Device.Cuda(3, OptionalLong.empty()), Device.parse("cuda:3"));
    for (String text : new String[] {"cpu", "cuda:0", "cuda:17"}) {
      assertEquals(text, Device.parse(text).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:1x", "cuda:99999999999"})
  void unknownDevicesAreRefused(String text) {
    String message = assertThrows(DeviceException.class, () -> Device.parse(text)).getMessage();
    assertTrue(message.contains("cuda:N"), message);
  }

  @Test
  void threadsAreAtLeastOne() {
    assertThrows(
        DeviceException.class, () -> new SessionSettings(new Device.Cpu(), OptionalInt.of(0)));
  }

  private GraphSession open() {
    return GraphSession.open(model, SessionSettings.cpu());
  }

  private String refused() {
    String message = assertThrows(DeviceException.class, this::open).getMessage();
    assertTrue(message.contains(model.toString()), message);
    return message;
  }

  private static void truncate(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(access.length() / 2);
    }
  }
}
