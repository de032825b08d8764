package org.sardiffusion.pipelines.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.io.LockFile;
import org.sardiffusion.core.io.OutputException;
import org.sardiffusion.pipelines.plan.BatchException;

/**
 * The memory of a batch: a file of JSON lines that only grows. The first line says which batch this
 * is; each of the others that an image is complete or failed, and is on the disk before anything
 * else happens.
 *
 * <p>A process that was killed may leave half a line at the end, which is cut off. Each shard has a
 * journal of its own and holds a lock on it, which the operating system frees whatever becomes of
 * the process.
 */
final class Journal implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile("journal(-\\d+-of-(\\d+)|-(shared)-\\d+)?\\.jsonl");
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int VERSION = 1;

  private final Path folder;
  private final Path file;
  private final FileChannel channel;
  private final Map<String, JournalEntry> entries = new HashMap<>();

  /** How much of the others' journals is known, in bytes. */
  private final Map<Path, Long> known = new HashMap<>();

  /** The images that others have made or tried since this journal was opened. */
  private final Set<String> completedElsewhere = new HashSet<>();

  private boolean locked;

  /**
   * Which batch a journal is of.
   *
   * @param plan SHA-256 of the plan
   * @param model SHA-256 of the model and what was added to it
   * @param format of the images, and how they are stored
   * @param software name and version
   * @param files the plan's images, which the journal's file does not hold: each one's file, from
   *     the dataset's folder, by id
   */
  record Header(
      String plan, String model, String format, String software, Map<String, String> files) {
    private ObjectNode toJson() {
      return MAPPER
          .createObjectNode()
          .put("journal", VERSION)
          .put("plan", plan)
          .put("model", model)
          .put("format", format)
          .put("software", software);
    }
  }

  private Journal(Path folder, Path file) throws IOException {
    this.folder = folder;
    this.file = file;
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Opens the journal of a batch in its folder, and begins one where there is none.
   *
   * @param warnings receives sentences for the user
   * @throws BatchException if the folder holds something else, another batch, or a batch that
   *     another process is working on
   */
  static Journal open(BatchOutput output, Header header, Consumer<String> warnings) {
    Path folder = output.folder();
    try {
      List<Path> found = journals(folder);
      if (found.isEmpty()) {
        requireFresh(output);
      }
      Files.createDirectories(folder);
      Journal journal =
          output.shard() instanceof Shard shard
              ? new Journal(folder, folder.resolve(shard.journalName()))
              : shared(folder);
      try {
        journal.lock();
        journal.readAll(output, header, warnings);
        return journal;
      } catch (IOException | RuntimeException e) {
        journal.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** The first journal of those that share a folder which nobody is writing. */
  private static Journal shared(Path folder) throws IOException {
    for (int number = 1; ; number++) {
      Journal journal = new Journal(folder, folder.resolve("journal-shared-" + number + ".jsonl"));
      if (LockFile.lock(journal.channel)) {
        journal.locked = true;
        return journal;
      }
      journal.close();
    }
  }

  private static void requireFresh(BatchOutput output) throws IOException {
    Path folder = output.folder();
    if (output.start() != BatchOutput.Start.NEW_OR_CONTINUED) {
      throw new BatchException(
          folder + " holds no journal of a batch, so there is nothing to continue.");
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BatchException(folder + " is a file: name a folder.");
    }
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        // Another process may just have begun its journal.
        if (files
            .map(each -> each.getFileName().toString())
            .anyMatch(name -> !name.startsWith(".") && !NAME.matcher(name).matches())) {
          throw new BatchException(
              folder
                  + " holds other files and no journal of a batch: name a new or an empty folder.");
        }
      }
    }
  }

  private static List<Path> journals(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(each -> NAME.matcher(each.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  private void lock() throws IOException {
    if (!locked && !LockFile.lock(channel)) {
      throw busy();
    }
  }

  private BatchException busy() {
    return new BatchException(
        "Another process is working on this part of the batch in "
            + folder
            + ". Wait for it, or share the work between processes.",
        Remedy.choose("shard"));
  }

  private void readAll(BatchOutput output, Header header, Consumer<String> warnings)
      throws IOException {
    boolean extending = false;
    for (Path other : journals(folder)) {
      if (!other.equals(file)) {
        requireShareable(other, output.shard());
        byte[] bytes = Files.readAllBytes(other);
        JsonNode declared = read(other, wholeLines(bytes), header, warnings);
        known.put(other, (long) wholeLength(bytes));
        if (!declared.isMissingNode() && !accepted(declared, output, header)) {
          requireIdle(other);
          extending = true;
        }
      }
    }
    String own = ownText();
    boolean begun = !own.isEmpty() && accepted(read(file, own, header, warnings), output, header);
    if (extending || !own.isEmpty() && !begun) {
      requireExtension(header);
    }
    if (!begun) {
      append(header.toJson());
    }
  }

  /**
   * Whether a journal is of the plan; if not, it may be of one that is extended.
   *
   * @throws BatchException if it is of another plan, and nothing is to be extended
   */
  private boolean accepted(JsonNode declared, BatchOutput output, Header header) {
    if (output.start() != BatchOutput.Start.EXTENDED) {
      requirePlan(declared, header);
    }
    return samePlan(declared, header);
  }

  private static boolean samePlan(JsonNode declared, Header header) {
    return declared.path("plan").asText().equals(header.plan());
  }

  private void requirePlan(JsonNode declared, Header header) {
    if (!samePlan(declared, header)) {
      throw new OtherPlanException(
          folder
              + " holds a batch of another plan: its prompt list, options or seeds were different."
              + " If the list has only grown, extend the batch. Repeat the former command to continue"
              + " it, or name another folder.",
          Remedy.choose("extend"));
    }
  }

  /** A plan that lacks images would leave files behind that no manifest names. */
  private void requireExtension(Header header) {
    long lacking =
        entries.values().stream()
            .filter(JournalEntry.Done.class::isInstance)
            .filter(entry -> !header.files().containsKey(entry.id()))
            .count();
    if (lacking > 0) {
      throw new BatchException(
          folder
              + " holds "
              + lacking
              + (lacking == 1 ? " image" : " images")
              + " that the list does not ask for any more, so it is not an extension: keep the former"
              + " lines, options and seed rule (hashed, or seeds of their own), or name another"
              + " folder.");
    }
    requireInPlace(header);
  }

  /** An image that another split has would be listed where its file is not. */
  private void requireInPlace(Header header) {
    for (JournalEntry entry : entries.values()) {
      if (entry instanceof JournalEntry.Done done) {
        String lies = done.files().get(0).path();
        String planned = header.files().get(done.id());
        if (!lies.equals(planned)) {
          throw new BatchException(
              folder
                  + " holds "
                  + lies
                  + ", which is now to be "
                  + planned
                  + ", so it is not an extension: keep the former splits, or name another folder.",
              Remedy.choose("val_share"));
        }
      }
    }
  }

  /** Shards of one count never meet; of different counts they would make the same images. */
  private void requireShareable(Path other, Share share) throws IOException {
    var name = NAME.matcher(other.getFileName().toString());
    boolean shareable =
        name.matches()
            && (share instanceof Shard shard
                ? String.valueOf(shard.count()).equals(name.group(2))
                : name.group(3) != null);
    if (!shareable) {
      requireIdle(other);
    }
  }

  private void requireIdle(Path other) throws IOException {
    try (FileChannel theirs = FileChannel.open(other, StandardOpenOption.WRITE)) {
      if (!LockFile.lock(theirs)) {
        throw busy();
      }
    }
  }

  /** What is in this process's journal, whose torn last line is cut off. */
  private String ownText() throws IOException {
    // Through the channel: on Linux, closing any other view of the file would free the lock.
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
      continue;
    }
    byte[] bytes = Arrays.copyOf(content.array(), content.position());
    int end = wholeLength(bytes);
    if (end < channel.size()) {
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * Takes the entries over; the header that counts, which is the last, or none if there is none.
   */
  private JsonNode read(Path journal, String text, Header header, Consumer<String> warnings) {
    int end = text.lastIndexOf('\n');
    List<String> lines = text.substring(0, end + 1).lines().toList();
    if (lines.isEmpty()) {
      // Another shard's, which is just being begun.
      return MAPPER.missingNode();
    }
    JsonNode declared = parse(lines.get(0)).orElse(MAPPER.nullNode());
    requireSame(journal, declared, header, warnings);
    for (int i = 1; i < lines.size(); i++) {
      Optional<JsonNode> line = parse(lines.get(i));
      if (line.filter(json -> json.has("journal")).isPresent()) {
        declared = line.get();
        continue;
      }
      Optional<JournalEntry> entry = line.flatMap(JournalEntry::of);
      if (entry.isPresent()) {
        entries.put(entry.get().id(), entry.get());
      } else {
        warnings.accept(
            journal
                + ", line "
                + (i + 1)
                + " is damaged; the image that it stood for is made again.");
      }
    }
    return declared;
  }

  private static Optional<JsonNode> parse(String line) {
    try {
      return Optional.of(MAPPER.readTree(line));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void requireSame(
      Path journal, JsonNode declared, Header header, Consumer<String> warnings) {
    if (declared.path("journal").asInt() != VERSION) {
      throw new BatchException(
          journal
              + " does not begin as a journal of this version of sar-diffusion does. Name another"
              + " folder, or restore its first line.");
    }
    requireEqual(
        journal,
        declared.path("model").asText().equals(header.model()),
        "another model or adapters");
    requireEqual(
        journal,
        declared.path("format").asText().equals(header.format()),
        "images of another format (" + declared.path("format").asText() + ")");
    if (!declared.path("software").asText().equals(header.software())) {
      warnings.accept(
          "This batch was begun by "
              + declared.path("software").asText()
              + " and goes on with "
              + header.software()
              + "; its images may differ in rounding.");
    }
  }

  private static void requireEqual(Path journal, boolean same, String difference) {
    if (!same) {
      throw new BatchException(
          journal.getParent()
              + " holds a batch of "
              + difference
              + ". Repeat that command to continue it, or name another folder.");
    }
  }

  /** What was known of each image, by id, when the journal was opened; the last word counts. */
  Map<String, JournalEntry> entries() {
    return Map.copyOf(entries);
  }

  /** The images that other processes have made, or tried to make, since this one began. */
  synchronized Set<String> completedElsewhere() {
    try {
      for (Path journal : journals(folder)) {
        if (!journal.equals(file)) {
          read(journal);
        }
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
    return Set.copyOf(completedElsewhere);
  }

  private void read(Path journal) throws IOException {
    long from = known.getOrDefault(journal, 0L);
    try (SeekableByteChannel theirs = Files.newByteChannel(journal)) {
      theirs.position(from);
      byte[] more = Channels.newInputStream(theirs).readAllBytes();
      known.put(journal, from + wholeLength(more));
      entries(wholeLines(more)).forEach(entry -> completedElsewhere.add(entry.id()));
    }
  }

  private static Stream<JournalEntry> entries(String text) {
    return text.lines()
        .map(Journal::parse)
        .flatMap(Optional::stream)
        .map(JournalEntry::of)
        .flatMap(Optional::stream);
  }

  /** How many bytes there are without a line that is still being written. */
  private static int wholeLength(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /** Those bytes' text: a line may be torn inside a letter. */
  private static String wholeLines(byte[] bytes) {
    return new String(bytes, 0, wholeLength(bytes), StandardCharsets.UTF_8);
  }

  /** All that the journals of all shards say by now. */
  synchronized Map<String, JournalEntry> everything() {
    // From the files: in memory they would grow with every image.
    Map<String, JournalEntry> all = new HashMap<>();
    try {
      entries(ownText()).forEach(entry -> all.put(entry.id(), entry));
      for (Path journal : journals(folder)) {
        if (!journal.equals(file)) {
          entries(wholeLines(Files.readAllBytes(journal)))
              // Of two shards' words on one image, that it is complete counts.
              .forEach(
                  entry -> {
                    if (entry instanceof JournalEntry.Done || !all.containsKey(entry.id())) {
                      all.put(entry.id(), entry);
                    }
                  });
        }
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
    return all;
  }

  /**
   * Adds an entry, and returns when it is on the disk.
   *
   * @throws OutputException if it can't be written; the journal is as before then
   */
  synchronized void append(JournalEntry entry) {
    append(entry.toJson().put("at", Instant.now().toString()));
  }

  private void append(ObjectNode json) {
    byte[] line = (json + "\n").getBytes(StandardCharsets.UTF_8);
    long before = 0;
    try {
      before = channel.position();
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      cut(before);
      throw full(e)
          ? new DiskFullException(file, line.length, DiskSpace.free(folder), e)
          : failure(file, e);
    }
  }

  private void cut(long length) {
    try {
      channel.truncate(length);
      channel.position(length);
    } catch (IOException e) {
      // Half a line stays, which the next run cuts off.
      return;
    }
  }

  /** Whether the operating system says that the disk, or the quota on it, is full. */
  static boolean full(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded");
  }

  private static OutputException failure(Path path, IOException e) {
    return new OutputException(
        "Cannot use "
            + path
            + " for a batch: "
            + (e.getMessage() == null ? e.toString() : e.getMessage())
            + ".",
        e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Every line is on the disk already.
      return;
    }
  }
}
