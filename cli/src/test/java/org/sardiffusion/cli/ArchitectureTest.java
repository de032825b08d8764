package org.sardiffusion.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What documents say of the code is there: files, classes, and members of classes. */
class ArchitectureTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern PATH = Pattern.compile("[\\w.-]+(/[\\w.-]+)*/?");
  private static final Pattern FILE = Pattern.compile("[\\w-]+\\.(java|py|json|md|yaml|sh)");
  private static final Pattern TYPE = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?");

  /** Sources by the names of their files. */
  private static Map<String, List<Path>> files;

  @BeforeAll
  static void findTheSources() throws IOException {
    try (Stream<Path> all = Files.walk(ROOT, 1)) {
      List<Path> rooms = all.filter(room -> Files.exists(room.resolve("pom.xml"))).toList();
      List<Path> found = new ArrayList<>();
      for (Path room : rooms) {
        for (String sources : new String[] {"src", "python"}) {
          if (!room.equals(ROOT) && Files.exists(room.resolve(sources))) {
            found.addAll(sources(room.resolve(sources)));
          }
        }
      }
      files = found.stream().collect(groupingBy(file -> file.getFileName().toString()));
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (!Files.isDirectory(entry)) {
          found.add(entry);
        } else if (!entry.getFileName().toString().startsWith(".")) {
          found.addAll(sources(entry));
        }
      }
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/architecture.md", "docs/glossary.md", "CONTRIBUTING.md"})
  void whatDocumentsNameExists(String document) throws IOException {
    String text = FENCED.matcher(Files.readString(ROOT.resolve(document))).replaceAll("");
    List<String> names = QUOTED.matcher(text).results().map(quote -> quote.group(1)).toList();
    assertTrue(names.size() > 10, document + " names next to nothing");
    assertEquals(List.of(), names.stream().filter(name -> !exists(name)).toList());
    Path folder = ROOT.resolve(document).getParent();
    List<String> links = LINK.matcher(text).results().map(link -> link.group(1)).toList();
    assertEquals(
        List.of(), links.stream().filter(link -> !Files.exists(folder.resolve(link))).toList());
  }

  /** Whether a name is no file and no type, or one that is there. */
  private static boolean exists(String name) {
    if (name.contains("/") && PATH.matcher(name).matches()) {
      return Files.exists(ROOT.resolve(name));
    }
    if (FILE.matcher(name).matches()) {
      return files.containsKey(name) || Files.exists(ROOT.resolve(name));
    }
    var type = TYPE.matcher(name);
    return !type.matches()
        || type.group(2) == null && files.containsKey(type.group(1) + ".java")
        || exists(type.group(1), type.group(2));
  }

  /** Types have files of their own, or stand inside of others'. */
  private static boolean exists(String type, String member) {
    Pattern wanted =
        Pattern.compile(
            member == null
                ? "\\b(class|record|interface|enum) " + type + "\\b"
                : "\\b" + member + "\\b");
    String own = type + ".java";
    return files.entrySet().stream()
        .filter(
            each -> member == null ? each.getKey().endsWith(".java") : each.getKey().equals(own))
        .flatMap(each -> each.getValue().stream())
        .anyMatch(file -> wanted.matcher(read(file)).find());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyPackageSaysWhatLivesThere() {
    Path code = Path.of("src", "main", "java");
    Set<Path> packages =
        files.values().stream()
            .flatMap(List::stream)
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> file.toString().contains(code.toString()))
            .map(Path::getParent)
            .collect(toSet());
    assertTrue(packages.size() > 50, packages + " can't be all");
    assertEquals(
        List.of(),
        packages.stream()
            .filter(each -> !Files.exists(each.resolve("package-info.java")))
            .toList());
  }
}
