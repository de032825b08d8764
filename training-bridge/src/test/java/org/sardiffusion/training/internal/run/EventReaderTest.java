package org.sardiffusion.training.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.training.TrainingBridgeException;
import org.sardiffusion.training.run.TrainingEvent;

/** Lines of the format that {@code events.schema.json} describes, and others. */
class EventReaderTest {
  @Test
  void everyKindIsRead() {
    assertEquals(
        new TrainingEvent.Started("diffusion", 9, 4, Map.of("unet", 5_000_000_000L), "cuda:0"),
        read(
            "'event':'started','run':'/r','name':'n','task':'diffusion','steps':9,'first_step':4,"
                + "'trainable_parameters':{'unet':5000000000},'device':'cuda:0'"));
    assertEquals(
        new TrainingEvent.Step(3, 9, 1, 0.5, Map.of("mse", 0.25), Map.of("unet", 5e-5), 1.5, 9.0),
        read(
            "'event':'step','step':3,'steps':9,'epoch':1,'loss':0.5,'terms':{'mse':0.25},"
                + "'learning_rates':{'unet':5e-05},'seconds':1.5,'eta_seconds':9.0,'gradient_norm':1"));
    assertEquals(
        new TrainingEvent.Validation(3, List.of(Path.of("/r/a.png")), Map.of("kl", 0.1)),
        read("'event':'validation','step':3,'images':['/r/a.png'],'metrics':{'kl':0.1}"));
    assertEquals(
        new TrainingEvent.Checkpoint(3, Path.of("/r/c")),
        read("'event':'checkpoint','step':3,'path':'/r/c'"));
    assertEquals(new TrainingEvent.Message("hm"), read("'event':'message','text':'hm'"));
    assertEquals(new TrainingEvent.Stage("export"), read("'event':'stage','name':'export'"));
    assertEquals(
        new TrainingEvent.Finished(
            Path.of("/r/model"), Optional.empty(), List.of(Path.of("/r/a.safetensors")), 7.5),
        read(
            "'event':'finished','model':'/r/model','bundle':null,'adapters':['/r/a.safetensors'],"
                + "'seconds':7.5"));
    assertEquals(
        new TrainingEvent.Interrupted(3, Optional.of(Path.of("/r/c"))),
        read("'event':'interrupted','step':3,'checkpoint':'/r/c'"));
    assertEquals(
        new TrainingEvent.Failed("no", Optional.of("training.batch"), Optional.empty()),
        read("'event':'failed','message':'no','key':'training.batch','hint':null"));
  }

  @Test
  void aLossThatIsNoNumberIsNaN() {
    for (String loss : List.of("null", "NaN", "Infinity", "'big'")) {
      TrainingEvent.Step step = (TrainingEvent.Step) read("'event':'step','loss':" + loss);
      assertTrue(!Double.isFinite(step.loss()), loss);
    }
  }

  @Test
  void kindsOfTomorrowAreToldApart() {
    assertEquals(new TrainingEvent.Unknown("dream"), read("'event':'dream','depth':3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Loading weights: 100%", "", "{\"half\": ", "[1, 2]", "7", "{\"a\": 1}"})
  void whatIsNoEventIsAMessage(String line) {
    assertEquals(new TrainingEvent.Message(line), EventReader.read(line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"v\":2,\"event\":\"step\"}", "{\"event\":\"step\"}"})
  void otherVersionsAreRefused(String line) {
    TrainingBridgeException e =
        assertThrows(TrainingBridgeException.class, () -> EventReader.read(line));
    assertTrue(e.getMessage().contains("this program version 1"), e.getMessage());
  }

  private static TrainingEvent read(String body) {
    return EventReader.read(
        ("{'v':1,'time':'2026-11-23T07:00:00.000Z'," + body + "}").replace('\'', '"'));
  }
}
