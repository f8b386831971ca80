"""Train the safety model: a sentence encoder tuned end to end, and a linear model over n-grams.

Runs at build time only (`faqbot build`): it needs torch and scikit-learn, serving needs neither.
Method: multi-task fine-tuning of all-MiniLM-L6-v2 (mean pooling, one softmax over the dangers, one sigmoid a
trait; Devlin et al. 2019 for the procedure), beside L2-regularised logistic regression over hashed n-grams.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.safety.examples import DANGERS, NONE, TRAITS, Example
from bot.safety.ngrams import BUCKETS, hashed
from bot.safety.segments import normalise, sentences

SEED = 0
EPOCHS = 3
BATCH = 32
LEARNING_RATE = 5e-5
MAX_TOKENS = 64
FROZEN = ("embeddings.", "encoder.layer.0.", "encoder.layer.1.")  # half of the time, nothing lost
CLASSES = (NONE, *DANGERS)
# Sources in which a wish for advice on the own case may stand unmarked: they teach nothing about that trait.
UNSURE_OF_ADVICE = (
    "questions.none",
    "sampled.none",
    "past_or_ok.none",
    "emergency_pairs.none",
    "crisis_pairs.none",
    "anxious_ordinary.none",
    "sounds_so.round3.none",
    "symptoms_mild.none",
    "anxious.round5.none",
    "bare.round6.none",
    "indirect.round6.none",
    "asked.round7.none",
    "gold.round7.none",
)
# Sources that speak of the clinic or the treatment for sure; the rest teaches nothing about what is off the topic.
ON_TOPIC = (
    "sampled.none",
    "questions.none",
    "anxious_ordinary.none",
    "anxious.round5.none",
    "bare.round6.none",
    "clinic_rule.round4.none",
    "not_advice.round3.none",
    "not_advice.round7.none",
    "asked.round7.none",
    "gold.round7.none",
    "ordinary_advice_like.none",
    "ordinary.none",
    "symptoms_mild.none",
    *(f"{kind}." for kind in ("medical_advice", "crisis", "emergency")),
)
# Whether a trait is still there when another sentence is joined: half of a message off the topic is not.
SURVIVES = tuple(t != "off_topic" for t in TRAITS)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Labelled:
    """A text with the index of its danger in CLASSES and its traits (1 yes, 0 no, -1 not known)."""

    text: str
    danger: int
    traits: tuple[int, ...]


def labelled(examples: Sequence[Example]) -> list[Labelled]:
    """The training rows: the examples, and sentences of harmless ones, every second: all would cost a fifth more."""
    rows = [Labelled(e.text, CLASSES.index(e.danger), _traits(e)) for e in examples]
    alone = [
        p for r in rows if r.danger == 0 and len(parts := sentences(r.text)) > 1 for p in parts if len(p.split()) > 2
    ]
    return rows + [Labelled(text, 0, tuple(-1 for _ in TRAITS)) for text in alone[::2]]


def _traits(example: Example) -> tuple[int, ...]:
    unknown = set()
    if example.source.startswith(UNSURE_OF_ADVICE) or example.danger != NONE:
        unknown.add("medical_advice")
    if not example.source.startswith(ON_TOPIC):
        unknown.add("off_topic")
    return tuple(1 if example.kind == t else -1 if t in unknown else 0 for t in TRAITS)


def train_linear(rows: Sequence[Labelled], *, c: float = 10.0) -> tuple[npt.NDArray[np.float32], ...]:
    """Weights (outputs, BUCKETS) and bias (outputs,) for: any danger, each danger, each trait."""
    from sklearn.linear_model import LogisticRegression

    matrix = sparse([r.text for r in rows])
    dangers = np.array([r.danger for r in rows])
    traits = np.array([r.traits for r in rows])
    targets: list[tuple[Any, Any]] = [(np.ones(len(rows), dtype=bool), dangers > 0)]
    targets += [(dangers > 0, dangers == i) for i in range(1, len(CLASSES))]
    targets += [(traits[:, i] >= 0, traits[:, i] == 1) for i in range(len(TRAITS))]
    weights, bias = [], []
    for known, wanted in targets:
        model = LogisticRegression(C=c, solver="liblinear", random_state=SEED)
        model.fit(matrix[known], wanted[known])
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return np.array(weights, dtype=np.float32), np.array(bias, dtype=np.float32)


def sparse(texts: Sequence[str]) -> Any:
    """Rows of hashed n-grams, each of length 2, as a scipy matrix of shape (len(texts), BUCKETS)."""
    from scipy.sparse import csr_matrix

    found = [hashed(normalise(t).split()) for t in texts]
    ends = np.cumsum([0, *map(len, found)])
    values = np.concatenate([np.full(len(f), 2 / max(1, len(f)) ** 0.5, dtype=np.float32) for f in found])
    return csr_matrix((values, np.concatenate(found), ends), shape=(len(texts), BUCKETS))


def train_network(rows: Sequence[Labelled], weights: Path, target: Path, progress: Progress) -> None:
    """Tune the encoder in the folder `weights`; writes model.onnx (int8) and tokenizer.json into `target`.

    The same rows give the same network on the same kind of processor.
    """
    import shutil

    import torch
    from tokenizers import Tokenizer

    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    network = _network(weights)
    for name, parameter in network.encoder.named_parameters():
        parameter.requires_grad_(not name.startswith(FROZEN))
    total = EPOCHS * (len(rows) // BATCH + 1)
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": LEARNING_RATE},
            {"params": network.head.parameters(), "lr": 1e-3},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.1 * total), max(0.0, (total - step) / (0.9 * total)))
    )
    network.train()
    fast = _multiplies_bfloat16()
    for epoch in range(EPOCHS):
        progress(f"safety model: pass {epoch + 1} of {EPOCHS} over {len(rows):,} messages")
        for batch in _batches(rows, random.Random(SEED + epoch)):
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                loss = _loss(network, tokenizer, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    _export(network.eval(), target / "model.onnx")
    shutil.copy(weights / "tokenizer.json", target / "tokenizer.json")


def _multiplies_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 itself: two thirds of the time; elsewhere it would take longer."""
    flags = Path("/proc/cpuinfo")
    return flags.is_file() and "avx512_bf16" in flags.read_text(encoding="utf-8")


def _network(weights: Path) -> Any:
    import torch
    from transformers import AutoModel

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(str(weights), local_files_only=True)
            self.head = torch.nn.Linear(384, len(CLASSES) + len(TRAITS))
            self.drop = torch.nn.Dropout(0.1)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return self.head(self.drop((hidden * mask).sum(1) / mask.sum(1)))

    return Network()


def _loss(network: Any, tokenizer: Any, batch: Sequence[Labelled]) -> Any:
    import torch

    encoded = [tokenizer.encode(r.text).ids for r in batch]
    longest = max(map(len, encoded))
    ids = torch.tensor([e + [0] * (longest - len(e)) for e in encoded])
    mask = torch.tensor([[1] * len(e) + [0] * (longest - len(e)) for e in encoded])
    out = network(ids, mask)
    danger = torch.nn.functional.cross_entropy(
        out[:, : len(CLASSES)], torch.tensor([r.danger for r in batch]), label_smoothing=0.05
    )
    traits = torch.tensor([r.traits for r in batch], dtype=torch.float32)
    known = (traits >= 0).float()
    binary = torch.nn.functional.binary_cross_entropy_with_logits(
        out[:, len(CLASSES) :], traits.clamp(min=0), weight=known, reduction="sum"
    )
    return danger + binary / known.sum().clamp(min=1)


def _batches(rows: Sequence[Labelled], chance: random.Random) -> Iterator[list[Labelled]]:
    """All rows once, in random order, alike lengths together, some of them written differently."""
    harmless = [r.text for r in rows if r.danger == 0]
    order = list(rows)
    chance.shuffle(order)
    changed = [_vary(r, harmless, chance) for r in order]
    for start in range(0, len(changed), BATCH * 20):
        near = sorted(changed[start : start + BATCH * 20], key=lambda r: len(r.text))
        groups = [near[i : i + BATCH] for i in range(0, len(near), BATCH)]
        chance.shuffle(groups)
        yield from groups


def _vary(row: Labelled, harmless: Sequence[str], chance: random.Random) -> Labelled:
    """The row as it is, or misspelt, without punctuation, or with a harmless sentence before or behind it."""
    text, dice = row.text, chance.random()
    if dice < 0.15:
        text = misspelt(text, chance)
    elif dice < 0.25:
        text = normalise(text).strip() or text
    elif dice < 0.45:
        other = chance.choice(harmless)
        text = f"{text} {other}" if chance.random() < 0.5 else f"{other} {text}"
        kept = tuple(t if t == 1 and stays else -1 for t, stays in zip(row.traits, SURVIVES, strict=True))
        return Labelled(text, row.danger, kept)
    return Labelled(text, row.danger, row.traits)


def misspelt(text: str, chance: random.Random) -> str:
    """`text` with one or two slips of the finger: a letter left out, doubled, or changed places with the next."""
    letters = list(text)
    for _ in range(1 + len(letters) // 40):
        places = [i for i in range(len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()]
        if not places:
            break
        i, slip = chance.choice(places), chance.random()
        if slip < 0.4:
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        elif slip < 0.8:
            del letters[i]
        else:
            letters.insert(i, letters[i])
    return "".join(letters)


def _export(network: Any, target: Path) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    ids = torch.ones((2, 8), dtype=torch.int64)
    whole = target.with_suffix(".fp32")
    torch.onnx.export(
        network, (ids, ids), str(whole), input_names=["input_ids", "attention_mask"], output_names=["logits"],
        dynamic_axes={"input_ids": {0: "texts", 1: "tokens"}, "attention_mask": {0: "texts", 1: "tokens"}},
        opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
