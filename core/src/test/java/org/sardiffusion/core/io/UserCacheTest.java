package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserCacheTest {
  @TempDir private Path folder;

  @Test
  void followsTheEnvironment() {
    Path home = folder.resolve("home");
    String absolute = folder.resolve("xdg").toString();

    assertEquals(home.resolve(".cache/sar-diffusion"), UserCache.folder(Map.of(), home));
    assertEquals(
        folder.resolve("xdg/sar-diffusion"),
        UserCache.folder(Map.of("XDG_CACHE_HOME", absolute), home));
    assertEquals(
        home.resolve(".cache/sar-diffusion"),
        UserCache.folder(Map.of("XDG_CACHE_HOME", "relative"), home));
    assertEquals(
        folder.resolve("xdg/sar-diffusion"),
        UserCache.folder(Map.of("LOCALAPPDATA", absolute), home));
    assertEquals(
        Path.of("own"),
        UserCache.folder(Map.of("SAR_DIFFUSION_CACHE", "own", "XDG_CACHE_HOME", absolute), home));
  }
}
