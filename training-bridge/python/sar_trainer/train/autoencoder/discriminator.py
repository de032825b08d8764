"""The adversary in adversarial training."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm


class PatchDiscriminator(nn.Module):
    """Scores overlapping patches of an amplitude image: [B,1,H,W] -> [B,1,H/4,W/4] about; high means real.

    Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", section 3.2.2, with spectral
    normalisation (Miyato et al. 2018) in place of batch statistics. The first convolution keeps the resolution: speckle is a
    matter of single pixels. A score sees 28 x 28 pixels.
    """

    def __init__(self, channels: int = 32):
        super().__init__()
        widths = (channels, 2 * channels, 4 * channels)
        self.layers = nn.Sequential(
            spectral_norm(nn.Conv2d(1, widths[0], 3, 1, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(widths[0], widths[1], 4, 2, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(widths[1], widths[2], 4, 2, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(widths[2], widths[2], 3, 1, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(widths[2], 1, 3, 1, 1)),
        )

    def forward(self, amplitude: Tensor) -> Tensor:
        return self.layers(amplitude * 2 - 1)


class MultiScaleDiscriminator(nn.Module):
    """A ``PatchDiscriminator`` for each scale, on the image averaged over blocks of that many pixels.

    Wang et al., "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs", section 3.2: the finest
    looks at speckle, the coarser ones at what speckle leaves when it is averaged, over patches of ``28 * scale`` pixels.
    """

    def __init__(self, scales: tuple[int, ...]):
        super().__init__()
        self._scales = scales
        self.patches = nn.ModuleList(PatchDiscriminator() for _ in scales)

    def forward(self, amplitude: Tensor) -> list[Tensor]:
        """The scores of each scale, finest first, of images [B,1,H,W]."""
        return [
            patches(functional.avg_pool2d(amplitude, scale) if scale > 1 else amplitude)
            for scale, patches in zip(self._scales, self.patches, strict=True)
        ]
