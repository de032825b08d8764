package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  @Test
  void everyCommandExplainsItselfInEightyColumnsWithAnExample() {
    List<List<String>> commands = new ArrayList<>();
    collect(Main.commandLine(), List.of(), commands);
    assertTrue(commands.size() >= 9, commands.toString());
    for (List<String> command : commands) {
      List<String> arguments = new ArrayList<>(command);
      arguments.add("--help");
      CommandRun run = CommandRun.of(arguments);
      assertEquals(0, run.status());
      assertEquals("", run.err());
      assertTrue(run.out().startsWith("Usage: " + String.join(" ", prefixed(command))), run.out());
      assertTrue(run.out().contains("Example"), run.out());
      assertTrue(run.out().contains("sar-diffusion " + String.join(" ", command)), run.out());
      run.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }

  private static List<String> prefixed(List<String> command) {
    List<String> all = new ArrayList<>(List.of("sar-diffusion"));
    all.addAll(command);
    return all;
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> commands) {
    commands.add(path);
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      if (!sub.getKey().equals("help")) {
        List<String> below = new ArrayList<>(path);
        below.add(sub.getKey());
        collect(sub.getValue(), below, commands);
      }
    }
  }

  @Test
  void everyOptionIsExplained() {
    List<List<String>> commands = new ArrayList<>();
    collect(Main.commandLine(), List.of(), commands);
    for (List<String> path : commands) {
      CommandLine command = Main.commandLine();
      for (String name : path) {
        command = command.getSubcommands().get(name);
      }
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertTrue(option.description().length > 0, path + " " + option.longestName());
      }
    }
  }

  @Test
  void helpIsACommandToo() {
    assertEquals(
        CommandRun.of("generate", "--help").out(), CommandRun.of("help", "generate").out());
  }

  @Test
  void tellsItsVersion() {
    CommandRun run = CommandRun.of("--version");
    assertEquals(0, run.status());
    assertTrue(run.out().matches("sar-diffusion \\S+\\R"), run.out());
  }
}
