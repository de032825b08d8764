"""Golden values of prompt maps, by GDAL and scipy.

GDAL draws the regions of a scene of 480 x 320 pixels onto its 60 x 40 cells (a cell belongs to the
region that holds its centre), and takes longitude and latitude to UTM; scipy smooths the drawing
by a raised cosine whose taps are integrated numerically.

Usage: python prompt_map_goldens.py OUT_FOLDER (pipelines/src/test/resources/prompt-map); needs
numpy, scipy and the commands of gdal-bin on the path.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.ndimage import convolve1d

WIDTH, HEIGHT, FACTOR, SPACING = 480, 320, 8, 0.4
COLUMNS, ROWS = WIDTH // FACTOR, HEIGHT // FACTOR
BLEND = 30.0  # metres: 9.375 cells
ORIGIN = (448000.0, 5411000.0)  # EPSG:32631, upper left corner
CELL = FACTOR * SPACING
PROMPTS = ["fields", "a forest", "a harbour", "a city"]


def feature(label, kind, coordinates):
    return {
        "type": "Feature",
        "properties": {"prompt": PROMPTS[label], "label": label},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def regions():
    """Polygons with a hole, several parts, slanted and curved sides, over one another."""
    angle = np.linspace(0, 2 * np.pi, 41)
    circle = np.stack([300 + 97 * np.cos(angle), 150 + 83 * np.sin(angle)], 1)
    circle[-1] = circle[0]
    hole = np.stack([300 + 30 * np.cos(-angle), 150 + 41 * np.sin(-angle)], 1)
    hole[-1] = hole[0]
    wedge = [[-50, 40.3], [171.7, 3.1], [222.2, 333], [12.9, 310.5], [-50, 40.3]]
    bars = [
        [[[21, 200], [460.5, 221.3], [460.5, 240], [21, 229], [21, 200]]],
        [[[401, -10], [520, -10], [520, 90.2], [433, 71], [401, -10]]],
    ]
    return [
        feature(1, "Polygon", [wedge]),
        feature(2, "Polygon", [circle.tolist(), hole.tolist()]),
        feature(3, "MultiPolygon", bars),
    ]


def moved(features, point):
    """The features with every point taken elsewhere."""

    def walk(node):
        return point(node) if isinstance(node[0], int | float) else [walk(n) for n in node]

    return [f | {"geometry": f["geometry"] | {"coordinates": walk(f["geometry"]["coordinates"])}} for f in features]


def collection(features, crs=None):
    members = {"type": "FeatureCollection"}
    if crs:
        members["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    return members | {"features": features}


def run(*command):
    subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)


def raster(path):
    return np.fromfile(path, np.uint8).reshape(ROWS, COLUMNS)


def kernel(width):
    """Integrals over cells of (1 + cos(2 pi t / width)) / width within width / 2."""
    radius = int(np.ceil(width / 2))

    def density(t):
        return (1 + np.cos(2 * np.pi * t / width)) / width if abs(t) < width / 2 else 0.0

    return [
        quad(density, i - 0.5, i + 0.5, points=[-width / 2, width / 2], epsabs=1e-13)[0] for i in range(-radius, radius + 1)
    ]


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    pixels = regions()
    on_map = moved(pixels, lambda p: [ORIGIN[0] + SPACING * p[0], ORIGIN[1] - SPACING * p[1]])
    extent = [ORIGIN[0], ORIGIN[1] - CELL * ROWS, ORIGIN[0] + CELL * COLUMNS, ORIGIN[1]]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        utm, lonlat = work / "utm.geojson", work / "lonlat.geojson"
        utm.write_text(json.dumps(collection(on_map, 32631)))
        run("ogr2ogr", "-t_srs", "EPSG:4326", "-lco", "RFC7946=YES", "-lco",
            "COORDINATE_PRECISION=9", lonlat, utm)  # fmt: skip
        labels = work / "labels.img"
        run("gdal_rasterize", "-q", "-a", "label", "-te", *extent, "-ts", COLUMNS, ROWS,
            "-ot", "Byte", "-of", "ENVI", utm, labels)  # fmt: skip
        drawn = raster(labels)
        smooth = [
            convolve1d(
                convolve1d((drawn == i).astype(float), kernel(BLEND / CELL), axis=1, mode="nearest"),
                kernel(BLEND / CELL), axis=0, mode="nearest",
            )
            for i in range(len(PROMPTS))
        ]  # fmt: skip
        (out / "pixels.geojson").write_text(json.dumps(collection(pixels), indent=1))
        (out / "map.geojson").write_text(json.dumps(collection(on_map), indent=1))
        (out / "lonlat.geojson").write_text(lonlat.read_text())
        np.save(out / "labels.npy", drawn.astype(np.float32))
        np.save(out / "weights.npy", np.stack(smooth).astype(np.float32))

        # A label raster in degrees that covers the scene, and the same on the scene's cells.
        degrees = out / "degrees.tif"
        run("gdal_rasterize", "-q", "-a", "label", "-init", 9, "-a_nodata", 9, "-te",
            2.29105, 48.8486, 2.2941, 48.84975, "-ts", 150, 100, "-ot", "Byte", "-co",
            "COMPRESS=DEFLATE", lonlat, degrees)  # fmt: skip
        warped = work / "warped.img"
        run("gdalwarp", "-q", "-t_srs", "EPSG:32631", "-te", *extent, "-ts", COLUMNS, ROWS,
            "-r", "near", "-et", 0, "-dstnodata", 9, "-of", "ENVI", degrees, warped)  # fmt: skip
        np.save(out / "warped.npy", raster(warped).astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
