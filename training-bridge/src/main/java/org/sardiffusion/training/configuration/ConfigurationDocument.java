package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.training.internal.configuration.FlowText;
import org.sardiffusion.training.internal.configuration.YamlTree;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A configuration as written: its text, its values, and where each stands. It may still say
 * nonsense; {@link RunConfiguration} is one that was checked.
 */
public final class ConfigurationDocument {
  private static final Pattern PLACE = Pattern.compile(":(\\d{1,9}):(\\d{1,9})$");

  private final String name;
  private final String text;
  private final YamlTree tree;
  private final Map<KeyPath, String> origins;

  private ConfigurationDocument(
      String name, String text, YamlTree tree, Map<KeyPath, String> origins) {
    this.name = name;
    this.text = text;
    this.tree = tree;
    this.origins = Map.copyOf(origins);
  }

  /**
   * Reads a text.
   *
   * @param name what messages call it: the file as the user named it
   * @throws ConfigurationException if it is not a YAML mapping
   */
  public static ConfigurationDocument parse(String name, String text) {
    // Editors of some systems put an invisible mark first.
    String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
    YamlTree tree = YamlTree.read(name, clean);
    if (!tree.json().isObject()) {
      throw new ConfigurationException(
          name,
          List.of(
              new Problem(
                  name, KeyPath.ROOT, "must hold keys and values, such as \"version: 1\".")));
    }
    return new ConfigurationDocument(name, clean, tree, Map.of());
  }

  /**
   * Reads a file.
   *
   * @throws ConfigurationException if it can't be read, or is not a YAML mapping
   */
  public static ConfigurationDocument read(Path file) {
    String reason;
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      reason = "there is no such file.";
    } catch (CharacterCodingException e) {
      reason = "it is not UTF-8 text.";
    } catch (IOException e) {
      reason =
          Files.isDirectory(file) ? "it is a folder." : "it can't be read: " + e.getMessage() + ".";
    }
    throw new ConfigurationException(
        file.toString(), List.of(new Problem(file.toString(), KeyPath.ROOT, reason)));
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** The YAML text. */
  public String text() {
    return text;
  }

  /** The values; the caller's own copy. */
  public ObjectNode values() {
    return tree.json().deepCopy();
  }

  /** The value at {@code key}, or nothing. A {@code null} is nothing. */
  public Optional<JsonNode> value(KeyPath key) {
    return key.in(tree.json());
  }

  /**
   * The place of {@code key}, of its value if that is a scalar; of what would hold it, where it is
   * missing: {@code NAME:LINE:COLUMN}, or what set it.
   */
  public String where(KeyPath key) {
    for (Map.Entry<KeyPath, String> origin : origins.entrySet()) {
      if (key.isWithin(origin.getKey())) {
        return origin.getValue();
      }
    }
    YamlTree.Place place = tree.places().get(key);
    if (place == null) {
      return where(key.parent());
    }
    boolean collection = place.value() instanceof CollectionNode<?>;
    return YamlTree.where(name, (collection ? place.key() : place.value()).getStartMark());
  }

  /** The place of the key itself. */
  public String whereKey(KeyPath key) {
    return tree.places().containsKey(key) && !origins.containsKey(key)
        ? YamlTree.where(name, tree.places().get(key).key().getStartMark())
        : where(key);
  }

  /** Sorts problems in the order of the text; those of values that were set come first. */
  long order(Problem problem) {
    Matcher place = PLACE.matcher(problem.where());
    return problem.where().startsWith(name + ":") && place.find()
        ? (Long.parseLong(place.group(1)) << Integer.SIZE) + Long.parseLong(place.group(2))
        : 0;
  }

  /** A problem at {@code key}. */
  public Problem problem(KeyPath key, String message) {
    return new Problem(where(key), key, message);
  }

  /**
   * This document with one more value, everything else as it was written, comments too.
   *
   * @throws ConfigurationException if the text can't be changed there (an aliased node, an entry of
   *     a list that has none)
   */
  public ConfigurationDocument with(Setting setting) {
    YamlTree.Place place = tree.places().get(setting.key());
    String edited =
        place == null ? inserted(setting) : replaced(place.value(), FlowText.of(setting.value()));
    ConfigurationDocument document;
    try {
      document = parse(name, edited);
    } catch (ConfigurationException e) {
      throw cannotSet(setting);
    }
    if (!document.differsOnlyBy(setting, this)) {
      throw cannotSet(setting);
    }
    Map<KeyPath, String> more = new HashMap<>(origins);
    more.put(setting.key(), setting.origin());
    return new ConfigurationDocument(name, document.text, document.tree, more);
  }

  private ConfigurationException cannotSet(Setting setting) {
    return new ConfigurationException(
        setting.origin(),
        List.of(
            new Problem(
                where(setting.key()), setting.key(), "can't be set from outside; edit the file.")));
  }

  /** Whether the values are those of {@code before}, but for the one that was set. */
  private boolean differsOnlyBy(Setting setting, ConfigurationDocument before) {
    ObjectNode expected = before.values();
    ContainerNode<?> parent = expected;
    List<String> parts = setting.key().parts();
    for (String part : parts.subList(0, parts.size() - 1)) {
      JsonNode below = KeyPath.child(parent, part);
      if (below instanceof ContainerNode<?> container) {
        parent = container;
      } else if (parent instanceof ObjectNode object) {
        parent = object.putObject(part);
      } else {
        return false;
      }
    }
    if (parent instanceof ObjectNode object) {
      object.set(setting.key().last(), setting.value());
    } else if (KeyPath.child(parent, setting.key().last()).isMissingNode()) {
      return false;
    } else {
      ((ArrayNode) parent).set(Integer.parseInt(setting.key().last()), setting.value());
    }
    return expected.equals(tree.json());
  }

  /** The text with the setting's key put first into the nearest mapping that is there. */
  private String inserted(Setting setting) {
    KeyPath holder = setting.key().parent();
    while (!tree.places().containsKey(holder)) {
      holder = holder.parent();
    }
    List<String> missing =
        setting.key().parts().subList(holder.parts().size(), setting.key().parts().size());
    String value = FlowText.nested(missing.subList(1, missing.size()), setting.value());
    String entry = FlowText.key(missing.get(0)) + ": " + value;
    Node node = tree.places().get(holder).value();
    if (!(node instanceof MappingNode mapping)) {
      return replaced(node, "{" + entry + "}");
    }
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      int at = offset(mapping.getStartMark()) + 1;
      return text.substring(0, at)
          + entry
          + (mapping.getValue().isEmpty() ? "" : ", ")
          + text.substring(at);
    }
    Mark first = mapping.getValue().get(0).getKeyNode().getStartMark();
    int at = offset(first);
    return text.substring(0, at)
        + entry
        + "\n"
        + " ".repeat(first.getColumn())
        + text.substring(at);
  }

  private String replaced(Node node, String flow) {
    int from = offset(node.getStartMark());
    int to = offset(end(node));
    // A key without a value has its empty value right after the colon.
    return text.substring(0, from) + (from == to ? " " : "") + flow + text.substring(to);
  }

  /** Where a value ends; the parser lets block collections reach to the next line with content. */
  private static Mark end(Node node) {
    if (node instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.BLOCK) {
      return end(mapping.getValue().get(mapping.getValue().size() - 1).getValueNode());
    }
    if (node instanceof SequenceNode sequence && sequence.getFlowStyle() == FlowStyle.BLOCK) {
      return end(sequence.getValue().get(sequence.getValue().size() - 1));
    }
    return node.getEndMark();
  }

  /** Marks count code points, strings count chars. */
  private int offset(Mark mark) {
    return text.offsetByCodePoints(0, mark.getIndex());
  }
}
