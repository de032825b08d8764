package org.sardiffusion.runtime.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Window;

class SceneFolderTest {
  private static final Window HELD = new Window(0, 0, 3, 2);

  @TempDir Path folder;

  private SceneFolder begun(Path work) throws IOException {
    SceneFolder scene = SceneFolder.open(work, "{\"steps\":1}");
    try (LatentFile latents = scene.latentsToWrite(0, 1, HELD)) {
      latents.write(0, 2, new float[6]);
    }
    scene.advance(new SceneProgress(0, 1, new double[] {0.5}));
    return scene;
  }

  /** A deletion that ends somewhere, here at folders that can't go, leaves a scene that begins. */
  @Test
  void halfDeletedItBeginsAnew() throws IOException {
    Path work = folder.resolve("work");
    SceneFolder scene = begun(work);
    for (int i = 0; i < 8; i++) {
      Files.createDirectories(work.resolve("latents-blocked" + i).resolve("inside"));
    }
    assertThrows(SceneException.class, scene::delete);
    assertFalse(Files.exists(work.resolve("progress")));
    assertTrue(Files.exists(work.resolve("request.json")));
    assertTrue(Files.exists(work.resolve("lock")));
    for (int i = 0; i < 8; i++) {
      Files.delete(work.resolve("latents-blocked" + i).resolve("inside"));
    }
    try (SceneFolder again = SceneFolder.open(work, "{\"steps\":1}")) {
      assertEquals(Optional.empty(), again.progress());
    }
    try (SceneFolder other = SceneFolder.open(work, "{\"steps\":2}")) {
      assertFalse(Files.exists(work.resolve("latents0")));
      other.delete();
    }
    assertFalse(Files.exists(work));
  }

  @Test
  void whatAnotherPartKeepsThereIsWork() throws IOException {
    Path work = folder.resolve("work");
    SceneFolder.open(work, "{\"steps\":1}").close();
    Files.writeString(work.resolve("guide"), "a coarser scene");
    assertThrows(SceneException.class, () -> SceneFolder.open(work, "{\"steps\":2}"));
  }

  @Test
  void latentsThatAreGoneAreNotReadAsZeros() throws IOException {
    Path work = folder.resolve("work");
    try (SceneFolder scene = begun(work)) {
      scene.latents(0, 1, HELD).close();
      assertThrows(SceneException.class, () -> scene.latents(1, 1, HELD));
      assertFalse(Files.exists(work.resolve("latents1")));
    }
  }

  /** Also with a count for which no memory would be found. */
  @Test
  void damagedProgressIsRefused() throws IOException {
    Path work = folder.resolve("work");
    try (SceneFolder scene = begun(work)) {
      assertArrayEquals(new double[] {0.5}, scene.progress().orElseThrow().rest());
      for (int count : new int[] {Integer.MAX_VALUE, -1, 2, 0}) {
        byte[] bytes = Files.readAllBytes(work.resolve("progress"));
        ByteBuffer.wrap(bytes).putInt(3 * Integer.BYTES, count);
        Files.write(work.resolve("progress"), bytes);
        String message = assertThrows(SceneException.class, scene::progress).getMessage();
        assertTrue(message.contains("is damaged"), message);
      }
    }
  }

  @Test
  void anotherSceneIsRefused() throws IOException {
    Path work = folder.resolve("work");
    SceneFolder.open(work, "{\"seed\":1,\"steps\":1}").close();
    // Nothing was done of the former: it is given up.
    try (SceneFolder begun = SceneFolder.open(work, "{\"seed\":1,\"steps\":2}")) {
      begun.advance(new SceneProgress(0, 0, new double[0]));
    }
    SceneFolder.open(work, "{\"seed\":1,\"steps\":2}").close();
    String message =
        assertThrows(SceneException.class, () -> SceneFolder.open(work, "{\"seed\":1,\"steps\":3}"))
            .getMessage();
    assertTrue(message.contains("differs from this one in steps."), message);
    try (SceneFolder held = SceneFolder.open(work, "{\"seed\":1,\"steps\":2}")) {
      assertThrows(SceneException.class, () -> SceneFolder.open(held.path(), "{}"));
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("letter.txt"), "mine");
    assertThrows(SceneException.class, () -> SceneFolder.open(other, "{}"));
    assertTrue(Files.exists(other.resolve("letter.txt")));
    assertThrows(SceneException.class, () -> SceneFolder.open(other.resolve("letter.txt"), "{}"));
  }
}
