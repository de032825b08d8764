"""Builds small CLIP tokenizers and writes what transformers makes of odd prompts with them.

Run: python runtime/src/test/python/tokenizer_goldens.py
Needs: transformers 5.23 (tokenizers 0.23).

The byte pairs are the first 1000 of CLIP's (clip-merges-1000.txt, from OpenAI's bpe_simple_vocab_16e6.txt,
MIT licence), so words split as CLIP splits them, only finer. Four folders, one for each layout of bundles in use:

  tokenizer      tokenizer.json, <SAR> added, pads with the end token: SDXL's first tokenizer
  tokenizer_2    tokenizer.json, <SAR> added, pads with "!", which makes it an added token: SDXL's second
  legacy         vocab.json, merges.txt, special_tokens_map.json with normalised tokens, added_tokens.json
  legacy_2       vocab.json, merges.txt, added_tokens_decoder in tokenizer_config.json, pads with "!"

and, in variants.json.gz, the vocabulary of legacy under configurations that name tokens in every way there is.

With --folder DIR it writes the goldens of another tokenizer (to --out), to check a whole vocabulary by hand.
"""

import argparse
import gzip
import json
import pathlib
import random
import shutil
import tempfile

from transformers import CLIPTokenizer

HERE = pathlib.Path(__file__).parents[1] / "resources/org/sardiffusion/runtime/text"
START, END, SAR = "<|startoftext|>", "<|endoftext|>", "<SAR>"
LENGTH = 77

PLAIN = """a an the of in on at with radar SAR sar image amplitude airborne X-band X-Band 40cm 0.40m 80 cm 2024 forest
city urban harbour ships ship's don't can't we're they've I'm she'll he'd o'clock 'tis rock'n'roll field fields
mountain layover shadow speckle multi-look multilook HH VV VH/HV polarisation look_angle resolution, resolution.
(dense:1.3) [tree] {x|y} 1e-3 3.14159 1,000,000 100% $5 €7 #tag @home C++ e-mail a.b.c http://example.org/a?b=c&d=e
MIXED CaSe CamelCaseWord snake_case_word kebab-case-word ... .. ---- ____ ~~~ ??? !? ?! ; : " ` ^ ° ± × ÷ µ ² ½ №"""
WORDS = PLAIN.split()

# fmt: off
PIECES = [
    SAR, "<sar>", "<Sar>", "< SAR >", "<SAR", "SAR>", "<<SAR>>", SAR + SAR, "x<SAR>y", START, END,
    "<|ENDOFTEXT|>", "<|startoftext|", "</w>", "word</w>", "!", "!!", "!!!", "!!!!!!!!", "hello!", "!hello",
    "wow!!!wow", "a!b!c", "! ! !", "&amp;", "&lt;b&gt;", "&#39;", "&nbsp;", "&amp;amp;", "<b>bold</b>",
    "<br/>", "\\n", "\\u0041", "%20", "\x00", "\x01\x02", "\x1b[31m", "\x7f", "\x80\x9f", "\xa0", "\xad",
    "\ufeff", "\u200b", "\u200d", "\u200e\u200f", "\u2028", "\u2029", "\u3000", "\t", "\n", "\r\n", "\n\n\n",
    " \t \n ", "\v\f", "\x1c\x1d\x1e\x1f", "\x85", "İ", "I", "ı", "İstanbul", "ß", "ẞ", "STRASSE", "straße",
    "ﬁ", "ﬂuid", "ﬃ", "ĳ", "Ĳ", "ǅ", "Σ", "ΟΔΟΣ", "ὈΔΥΣΣΕΎΣ", "é", "e\u0301", "E\u0301", "ñ", "n\u0303", "Å",
    "A\u030a", "\u212b", "ü", "u\u0308", "o\u0302\u0323", "\u0301", "a\u0300\u0301\u0302\u0303\u0304", "क्षि",
    "நி", "ᄒ\u1161\u11ab", "한국어", "각", "日本語", "レーダー", "ﾚｰﾀﾞｰ", "合成开口雷达", "１２３", "ＳＡＲ", "！", "𝐒𝐀𝐑", "Ⓢ", "①②③",
    "Ⅷ", "٣٤٥", "१२३", "½", "²", "₂", "𝟘𝟙", "радар", "РАДАР", "ραντάρ", "رادار", "רדאר", "מַכָּ״ם", "เรดาร์",
    "რადარი", "ᲠᲐᲓᲐᲠᲘ", "ᏣᎳᎩ", "ꭰ", "𐐀𐐨", "𞤀𞤢", "😀", "👍🏽", "👩‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "❤️", "❤", "☔",
    "1️⃣", "🛰️", "\U0001f6f0", "\U000e0067", "\U0010ffff", "\ufffd", "\ufffe", "\ue000", "\u0378",
    "\U0001fae8", "\U00031350", "'s", "'S", "'t", "'re", "'VE", "'ll", "'d", "’s", "it''s", "'", "''", "s's's",
    "<", "|", ">", "<|", "|>", "<||>", "٪", "…", "—", "–", "„“", "«»", "。", "、", "・", "\u0e33", "\u0f0b",
    "\u1680", "\u180e",
]
# fmt: on

# fmt: off
BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0xA0, 0x17F), (0x180, 0x24F), (0x250, 0x36F), (0x370, 0x3FF),
    (0x400, 0x52F), (0x530, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x10A0, 0x10FF),
    (0x1100, 0x11FF), (0x1C80, 0x1CBF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x218F), (0x2190, 0x2BFF),
    (0x2C00, 0x2DFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xA640, 0xA7FF), (0xAB30, 0xABBF), (0xAC00, 0xD7A3),
    (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFF00, 0xFFFF),
    (0x10000, 0x107FF), (0x1D400, 0x1D7FF), (0x1E900, 0x1E95F), (0x1F000, 0x1FAFF), (0x20000, 0x2A6DF),
    (0xE0000, 0xE01EF),
]
# fmt: on


def random_unicode(rng):
    low, high = rng.choice(BLOCKS)
    mixed = rng.random() < 0.3
    chars = []
    for _ in range(rng.choice([1, 2, 3, 5, 8, 13, 30])):
        if mixed:
            low, high = rng.choice(BLOCKS)
        chars.append(chr(rng.randint(low, high)))
    return "".join(c for c in chars if not 0xD800 <= ord(c) <= 0xDFFF)


def prompts(count, seed):
    """The pieces alone, then seeded mixtures of words, pieces and random text, some of them long."""
    rng = random.Random(seed)
    out = [
        "",
        " ",
        "  ",
        *PIECES,
        *WORDS,
        "a" * 400,
        "ab " * 100,
        "! " * 100,
        "!" * 100,
        SAR * 90,
        END * 90,
        "1" * 80,
        "😀" * 30,
        "日" * 80,
    ]
    out += [" ".join(["word"] * n) for n in range(70, 85)] + ["x " * 75, "x " * 76 + "!", "é" * 75]
    while len(out) < count:
        kind = rng.random()
        parts = []
        for _ in range(rng.choice([1, 2, 3, 4, 6, 10, 16]) if kind < 0.95 else rng.randint(40, 90)):
            r = rng.random()
            part = rng.choice(WORDS) if r < 0.5 else rng.choice(PIECES) if r < 0.8 else random_unicode(rng)
            parts.append(rng.choice([str, str, str.upper, str.title, str.swapcase])(part))
        out.append(rng.choice(["", " ", " ", "  ", "\n", "\t", ", "]).join(parts))
    return out


def byte_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes, in the order of CLIP's vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def special(content, normalized):
    return {"content": content, "lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    path.write_text(text, encoding="utf-8")


def build():
    merges_text = (HERE / "clip-merges-1000.txt").read_text(encoding="utf-8")
    merges = merges_text.splitlines()[1:]
    alphabet = byte_alphabet()
    tokens = alphabet + [c + "</w>" for c in alphabet] + [m.replace(" ", "") for m in merges] + [START, END]
    vocab = {token: i for i, token in enumerate(tokens)}
    base = {
        "model_max_length": LENGTH,
        "tokenizer_class": "CLIPTokenizer",
        "bos_token": START,
        "eos_token": END,
        "unk_token": END,
    }

    for name, pad in (("tokenizer", END), ("tokenizer_2", "!")):
        tokenizer = CLIPTokenizer(
            vocab=dict(vocab), merges=[tuple(m.split(" ")) for m in merges], pad_token=pad, model_max_length=LENGTH
        )
        tokenizer.add_tokens([SAR])
        tokenizer.save_pretrained(HERE / name)
        saved = HERE / name / "tokenizer.json"
        write(saved, json.loads(saved.read_text(encoding="utf-8")))

    write(HERE / "legacy/vocab.json", vocab)
    write(HERE / "legacy/merges.txt", merges_text)
    write(HERE / "legacy/added_tokens.json", {SAR: len(vocab)})
    write(
        HERE / "legacy/special_tokens_map.json",
        {
            "bos_token": special(START, True),
            "eos_token": special(END, True),
            "unk_token": special(END, True),
            "pad_token": END,
        },
    )
    write(HERE / "legacy/tokenizer_config.json", {"model_max_length": 1e30, "errors": "replace", "do_lower_case": True})

    write(HERE / "legacy_2/vocab.json", vocab)
    write(HERE / "legacy_2/merges.txt", merges_text)
    write(
        HERE / "legacy_2/tokenizer_config.json",
        base
        | {
            "pad_token": "!",
            "added_tokens_decoder": {
                "0": special("!", False) | {"special": True},
                str(vocab[START]): special(START, True) | {"special": True},
                str(vocab[END]): special(END, True) | {"special": True},
            },
        },
    )
    return ["tokenizer", "tokenizer_2", "legacy", "legacy_2"]


def unpadded(ids, tokenizer):
    """Without the padding, but with the end token, whichever token pads."""
    kept = len(ids)
    while ids[kept - 1] == tokenizer.pad_token_id:
        kept -= 1
    return ids[: kept + 1] if tokenizer.pad_token == END else ids[:kept]


def differences(base, other):
    """Of one folder's goldens, what differs from the first folder's: they have nearly all in common."""
    return other | {
        "ids": {str(k): i for k, (i, b) in enumerate(zip(other["ids"], base["ids"], strict=True)) if i != b},
        "cuts": {k: c for k, c in other["cuts"].items() if base["cuts"].get(k) != c},
        "uncut": [k for k in base["cuts"] if k not in other["cuts"]],
    }


def encode(folder, texts):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    if tokenizer.model_max_length > 1e6:  # diffusers would take it; the length of CLIP is meant
        tokenizer.model_max_length = LENGTH
    ids, cuts = [], {}
    for k, text in enumerate(texts):
        # The three calls of diffusers' StableDiffusionXLPipeline.encode_prompt.
        padded = tokenizer(text, padding="max_length", max_length=tokenizer.model_max_length, truncation=True).input_ids
        whole = tokenizer([text], padding="longest").input_ids
        assert len(padded) == LENGTH
        ids.append(unpadded(padded, tokenizer))
        if len(whole[0]) > LENGTH:
            cuts[str(k)] = tokenizer.batch_decode([whole[0][tokenizer.model_max_length - 1 : -1]])[0]
    return {
        "size": len(tokenizer),
        "start": tokenizer.bos_token_id,
        "end": tokenizer.eos_token_id,
        "pad": tokenizer.pad_token_id,
        "tokens": {
            t: tokenizer.get_vocab().get(t, -1) for t in (START, END, "!", SAR, "<sar>", "sar</w>", "the</w>", "nope")
        },
        "ids": ids,
        "cuts": cuts,
    }


def variants():
    """Configurations by name: files beside legacy's vocabulary."""
    sea = special("sea", False) | {"special": False, "lstrip": True, "rstrip": True}
    sar = special(SAR, True) | {"special": False}
    configurations = {
        "additional": {"additional_special_tokens": [SAR, "radar"]},
        "extra by name": {"extra_special_tokens": {"sar_token": SAR}},
        "role of its own": {"sar_token": SAR},
        "declared": {
            "added_tokens_decoder": {"1514": sar, "1520": sea, "1512": special(START, False) | {"special": True}}
        },
        "new padding": {"pad_token": "<pad>"},
        "new roles": {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>"},
        "typed": {
            "bos_token": special(START, True) | {"__type": "AddedToken"},
            "unk_token": special(END, True) | {"__type": "AddedToken"},
            "pad_token": "!",
        },
        "ignored": {"clean_up_tokenization_spaces": True, "add_prefix_space": True, "add_bos_token": True},
    }
    files = {name: {"tokenizer_config.json": c} for name, c in configurations.items()}
    files["additional in the map"] = {"special_tokens_map.json": {"additional_special_tokens": [SAR]}}
    files["extra in the map"] = {"special_tokens_map.json": {"extra_special_tokens": [SAR]}}
    files["roles in the map"] = {
        "tokenizer_config.json": {"mask_token": "radar", "pad_token": "x"},
        "special_tokens_map.json": {"sep_token": special("image", True), "pad_token": "!"},
    }
    files["added"] = {
        "tokenizer_config.json": {"additional_special_tokens": [SAR]},
        "added_tokens.json": {SAR: 1514, "field": 1515},
    }
    files["declared wins"] = {
        "tokenizer_config.json": {"added_tokens_decoder": {"1514": sar}},
        "special_tokens_map.json": {"pad_token": "!"},
        "added_tokens.json": {"field": 1514},
    }
    return files


def encode_variants():
    texts = PIECES[:60] + [
        "a radar field image <SAR> <Sar> sea seashore",
        "field<SAR>radar",
        "x <pad> <bos><eos> <unk>y",
    ]
    encoded = {}
    for name, files in variants().items():
        with tempfile.TemporaryDirectory() as folder:
            for vocabulary in ("vocab.json", "merges.txt"):
                shutil.copy(HERE / "legacy" / vocabulary, folder)
            for file, content in files.items():
                content = {"model_max_length": LENGTH} | content if file == "tokenizer_config.json" else content
                write(pathlib.Path(folder, file), content)
            encoded[name] = {"files": files} | encode(folder, texts)
    text = json.dumps({"prompts": texts, "variants": encoded}, separators=(",", ":"))
    (HERE / "variants.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder")
    arguments.add_argument("--count", type=int, default=2200)
    arguments.add_argument("--seed", type=int, default=20261123)
    arguments.add_argument("--out", type=pathlib.Path, default=HERE / "goldens.json.gz")
    options = arguments.parse_args()
    if options.folder:
        folders = {options.folder: options.folder}
    else:
        folders = {name: HERE / name for name in build()}
        encode_variants()
    texts = prompts(options.count, options.seed)
    encoded = {name: encode(path, texts) for name, path in folders.items()}
    base = next(iter(encoded))
    golden = {
        "prompts": texts,
        "ids": encoded[base]["ids"],
        "cuts": encoded[base]["cuts"],
        "folders": {name: differences(encoded[base], other) for name, other in encoded.items()},
    }
    text = json.dumps(golden, separators=(",", ":"))
    options.out.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(options.out, len(texts), "prompts", options.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
