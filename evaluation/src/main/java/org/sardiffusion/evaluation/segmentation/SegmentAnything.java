package org.sardiffusion.evaluation.segmentation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.PixelBox;
import org.sardiffusion.evaluation.texture.GlcmSettings;
import org.sardiffusion.evaluation.texture.GreyImage;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;
import org.sardiffusion.runtime.session.SessionSettings;

/**
 * A Segment Anything model that finds the segments of an image by itself, as segment_anything's
 * {@code SamAutomaticMaskGenerator} does: it asks the model at a grid of points, and keeps the
 * masks that the model trusts, that hardly change with their threshold, and that do not repeat each
 * other.
 *
 * <p>Two exports are known: the official one (an encoder, and the decoder of {@code
 * export_onnx_model.py}), and optimum's of transformers' {@code SamModel}. It holds native memory
 * until it is closed; one thread at a time.
 */
public final class SegmentAnything implements AutoCloseable {
  private static final float[] MEAN = {123.675f, 116.28f, 103.53f};
  private static final float[] DEVIATION = {58.395f, 57.12f, 57.375f};

  /** How far the threshold of a mask is moved to see how stable it is. */
  private static final float STABILITY_OFFSET = 1;

  private final SamExport export;
  private final GraphSession encoder;
  private final GraphSession decoder;
  private final SamSettings settings;
  private final Cancellation cancellation;
  private final String pixels;
  private final int side;

  private SegmentAnything(
      SamExport export,
      GraphSession encoder,
      GraphSession decoder,
      SamSettings settings,
      Cancellation cancellation) {
    this.export = export;
    this.encoder = encoder;
    this.decoder = decoder;
    this.settings = settings;
    this.cancellation = cancellation;
    this.pixels = encoder.inputNames().iterator().next();
    this.side = side(encoder, pixels, export);
  }

  /**
   * Loads a model.
   *
   * @param folder of its two graphs
   * @param cancellation stops its graphs; stays the caller's to close
   * @throws EvaluationException if the folder is no export of Segment Anything that is known
   * @throws org.sardiffusion.core.SarDiffusionException if a graph cannot be loaded
   */
  public static SegmentAnything open(
      Path folder, SamSettings settings, SessionSettings sessions, Cancellation cancellation) {
    SamExport export = SamExport.in(folder);
    GraphSession encoder = GraphSession.open(export.encoder(), sessions);
    try {
      GraphSession decoder = GraphSession.open(export.decoder(), sessions);
      try {
        return new SegmentAnything(export, encoder, decoder, settings, cancellation);
      } catch (RuntimeException e) {
        decoder.close();
        throw e;
      }
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  private static int side(GraphSession encoder, String pixels, SamExport export) {
    long[] shape = encoder.inputShape(pixels);
    if (encoder.inputNames().size() != 1 || shape.length != 4 || shape[1] != 3) {
      throw new EvaluationException(
          encoder.model()
              + " does not take one RGB image [1,3,S,S] (its input is "
              + pixels
              + " "
              + Arrays.toString(shape)
              + "). Export the image encoder alone, without resizing inside.");
    }
    return shape[2] > 0 ? Math.toIntExact(shape[2]) : export.configuredSide();
  }

  /** What to tell of it; a model is called like its folder. */
  public Segmentation description() {
    return new Segmentation(export.name(), settings);
  }

  /**
   * The largest segment of an image, as in section 4.3 of the paper.
   *
   * @param amplitude in [0,1]; NaN counts as 0
   * @return a value for each pixel; none is inside if no mask was good enough
   */
  public boolean[] largest(AmplitudeRaster amplitude) {
    Optional<SegmentMask> largest =
        masks(amplitude).stream().max(Comparator.comparingInt(SegmentMask::area));
    boolean[] inside = new boolean[amplitude.samples().length];
    largest.ifPresent(mask -> mask.inside().stream().forEach(i -> inside[i] = true));
    return inside;
  }

  /**
   * The segments of an image.
   *
   * @param amplitude in [0,1]; NaN counts as 0
   * @return those that the model trusts most first
   */
  public List<SegmentMask> masks(AmplitudeRaster amplitude) {
    SamFrame frame = new SamFrame(amplitude.width(), amplitude.height(), side);
    List<SegmentMask> masks = new ArrayList<>();
    try (MaskPredictor predictor = predictor(amplitude, frame)) {
      float[] grid = grid(frame);
      int step = 2 * predictor.pointsAtOnce();
      Optional<MaskScaling> scaling = Optional.empty();
      for (int at = 0; at < grid.length; at += step) {
        MaskPredictor.Prediction prediction =
            predictor.at(
                Arrays.copyOfRange(grid, at, Math.min(grid.length, at + step)), cancellation);
        if (scaling.isEmpty()) {
          scaling = Optional.of(new MaskScaling(prediction.side(), frame));
        }
        addGood(prediction, scaling.get(), frame, masks);
      }
    }
    return withoutRepetition(masks);
  }

  private MaskPredictor predictor(AmplitudeRaster amplitude, SamFrame frame) {
    try (HostTensor input = encoder.newInput(pixels, 1, 3, side, side)) {
      fill(input, amplitude, frame);
      Set<String> outputs = encoder.outputNames();
      Map<String, float[]> embedded = encoder.run(Map.of(pixels, input), outputs, cancellation);
      if (embedded.containsKey(TransformersPredictor.POSITIONS)) {
        long[] shape = encoder.outputShape(TransformersPredictor.EMBEDDINGS);
        return new TransformersPredictor(
            decoder,
            embedded.get(TransformersPredictor.EMBEDDINGS),
            embeddingShape(shape, embedded.get(TransformersPredictor.EMBEDDINGS).length),
            embedded.get(TransformersPredictor.POSITIONS));
      }
      return new OfficialPredictor(decoder, embedded.get(outputs.iterator().next()));
    }
  }

  /** The shape [1,C,s,s] of an embedding whose side the graph may leave open. */
  private static long[] embeddingShape(long[] declared, int length) {
    long channels = declared[1];
    long grid = Math.round(Math.sqrt((double) length / channels));
    return new long[] {1, channels, grid, grid};
  }

  /** Scaled to the longest side, each channel normalised, and padded with zeros after that. */
  private void fill(HostTensor input, AmplitudeRaster amplitude, SamFrame frame) {
    GreyImage grey = GreyImage.of(amplitude, GlcmSettings.skimage(List.of(1), List.of(0.0)));
    int width = frame.filledWidth();
    int height = frame.filledHeight();
    short[] scaled = PillowBilinear.resize(grey, width, height).levels();
    input.fill(0);
    float[] row = new float[width];
    for (int channel = 0; channel < MEAN.length; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          row[x] = (scaled[y * width + x] - MEAN[channel]) / DEVIATION[channel];
        }
        input.put((channel * side + y) * side, row);
      }
    }
  }

  /** Points in the middle of equal cells, row by row. */
  private float[] grid(SamFrame frame) {
    int n = settings.pointsPerSide();
    float[] points = new float[2 * n * n];
    for (int i = 0; i < n * n; i++) {
      points[2 * i] = frame.x((i % n + 0.5) / n * frame.width());
      points[2 * i + 1] = frame.y((i / n + 0.5) / n * frame.height());
    }
    return points;
  }

  private void addGood(
      MaskPredictor.Prediction prediction,
      MaskScaling scaling,
      SamFrame frame,
      List<SegmentMask> masks) {
    int area = prediction.side() * prediction.side();
    for (int m = 0; m < prediction.masks(); m++) {
      float iou = prediction.predictedIou()[m];
      if (iou > settings.predictedIou()) {
        float[] logits = scaling.of(prediction.logits(), m * area);
        float stability = stability(logits);
        // Written so that NaN, of a mask without any pixel, is left out.
        if (stability >= settings.stability()) {
          masks.add(mask(logits, frame.width(), iou, stability));
        }
      }
    }
  }

  private static float stability(float[] logits) {
    int inner = 0;
    int outer = 0;
    for (float logit : logits) {
      inner += logit > STABILITY_OFFSET ? 1 : 0;
      outer += logit > -STABILITY_OFFSET ? 1 : 0;
    }
    return (float) inner / outer;
  }

  private static SegmentMask mask(float[] logits, int width, float iou, float stability) {
    BitSet inside = new BitSet(logits.length);
    int left = Integer.MAX_VALUE;
    int right = 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > 0) {
        inside.set(i);
        left = Math.min(left, i % width);
        right = Math.max(right, i % width);
      }
    }
    PixelBox box =
        inside.isEmpty()
            ? new PixelBox(0, 0, 0, 0)
            : new PixelBox(
                left, inside.nextSetBit(0) / width, right, (inside.length() - 1) / width);
    return new SegmentMask(inside, box, iou, stability);
  }

  /** Of masks whose boxes are nearly the same, the one that the model trusts most. */
  private List<SegmentMask> withoutRepetition(List<SegmentMask> masks) {
    masks.sort(Comparator.comparing(SegmentMask::predictedIou).reversed());
    List<SegmentMask> kept = new ArrayList<>();
    for (SegmentMask mask : masks) {
      if (kept.stream().noneMatch(k -> k.boxOverlap(mask) > settings.boxOverlap())) {
        kept.add(mask);
      }
    }
    return kept;
  }

  @Override
  public void close() {
    try (encoder) {
      decoder.close();
    }
  }
}
