"""The network of the safety model: the first layers of a sentence encoder, tuned end to end.

Method: multi-task fine-tuning of all-MiniLM-L6-v2 (mean pooling, one softmax over the dangers, one sigmoid a
trait; Devlin et al. 2019 for the procedure). After the first pass a message that was read rightly without doubt comes
again by chance alone, so that more passes go to the others in the same time (after Jiang et al. 2019, "Accelerating
deep learning by focusing on the biggest losers", and Katharopoulos & Fleuret 2018).
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.safety.examples import TRAITS
from bot.safety.training.labels import CLASSES, NOT_KNOWN, Labelled
from bot.safety.training.variation import Numbered, batches

SEED = 0  # of two the better on the development half: they differ by one to four messages there
LAYERS = 3  # of six: as good on development, in half of the time
EPOCHS = 3
CLEAR = 0.25  # a message whose every known probability was within this of its label when last read, varied as it was,
AGAIN = 0.35  # has this chance to be in the next pass
BATCH = 64
LEARNING_RATE = 1.2e-4
MAX_TOKENS = 64
WIDTH = 384

Progress = Callable[[str], None]


def train_network(rows: Sequence[Labelled], weights: Path, target: Path, progress: Progress) -> None:
    """Tune the encoder in the folder `weights`; writes model.onnx (32 bits) and tokenizer.json into `target`.

    The same rows give the same network on the same kind of processor.
    """
    import torch
    from tokenizers import Tokenizer

    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    network = _network(weights)
    for name, parameter in network.encoder.named_parameters():
        parameter.requires_grad_(not name.startswith("embeddings."))
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": LEARNING_RATE},
            {"params": network.head.parameters(), "lr": 1e-3},
        ],
        weight_decay=0.01,
        fused=True,
    )
    done = 0.0  # of all passes, as a share
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda _: _rate(done))
    network.train()
    fast = _multiplies_bfloat16()
    missed = [1.0] * len(rows)
    for epoch in range(EPOCHS):
        chance = random.Random(SEED + epoch)
        numbers = [n for n, miss in enumerate(missed) if miss > CLEAR or chance.random() < AGAIN]
        progress(f"safety model: pass {epoch + 1} of {EPOCHS} over {len(numbers):,} of {len(rows):,} messages")
        for batch in batches(rows, numbers, BATCH, chance):
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                loss, misses = _loss(network, tokenizer, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            done = min(1.0, done + len(batch) / len(numbers) / EPOCHS)
            schedule.step()
            for (number, _), miss in zip(batch, misses, strict=True):
                missed[number] = miss
    _export(network.eval(), target / "model.onnx")
    shutil.copy(weights / "tokenizer.json", target / "tokenizer.json")


def _rate(done: float) -> float:
    """The share of the learning rate: up in the first tenth, then down to nothing."""
    return max(1e-3, min(done / 0.1, (1 - done) / 0.9))


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
            # attention spelt out: without dropout torch's own is twice as slow backwards on a processor
            self.encoder = AutoModel.from_pretrained(
                str(weights), local_files_only=True, add_pooling_layer=False, num_hidden_layers=LAYERS,
                attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0, attn_implementation="eager",
            )  # fmt: skip
            self.head = torch.nn.Linear(WIDTH, len(CLASSES) + len(TRAITS))
            self.drop = torch.nn.Dropout(0.1)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return self.head(self.drop((hidden * mask).sum(1) / mask.sum(1)))

    return Network()


def _loss(network: Any, tokenizer: Any, batch: Sequence[Numbered]) -> tuple[Any, list[float]]:
    """The loss of a batch, and of each message how far its worst probability is from its label."""
    import torch

    rows = [row for _, row in batch]
    encoded = [tokenizer.encode(r.text).ids for r in rows]
    longest = max(map(len, encoded))
    ids = torch.tensor([e + [0] * (longest - len(e)) for e in encoded])
    mask = torch.tensor([[1] * len(e) + [0] * (longest - len(e)) for e in encoded])
    out = network(ids, mask).float()
    dangers, of_traits = out[:, : len(CLASSES)], out[:, len(CLASSES) :]
    wanted = torch.tensor([r.danger for r in rows])
    told = (wanted != NOT_KNOWN).float()
    each = torch.nn.functional.cross_entropy(
        dangers, wanted, label_smoothing=0.05, ignore_index=NOT_KNOWN, reduction="none"
    )
    danger = each.sum() / told.sum().clamp(min=1)
    traits = torch.tensor([r.traits for r in rows], dtype=torch.float32)
    known = (traits >= 0).float()
    binary = torch.nn.functional.binary_cross_entropy_with_logits(
        of_traits, traits.clamp(min=0), weight=known, reduction="sum"
    )
    with torch.no_grad():
        off = (1 - dangers.softmax(1).gather(1, wanted.clamp(min=0)[:, None])[:, 0]) * told
        worst = torch.maximum(off, ((of_traits.sigmoid() - traits).abs() * known).amax(1))
    return danger + binary / known.sum().clamp(min=1), worst.tolist()


def _export(network: Any, target: Path) -> None:
    import torch

    ids = torch.ones((2, 8), dtype=torch.int64)
    torch.onnx.export(
        network, (ids, ids), str(target), input_names=["input_ids", "attention_mask"], output_names=["logits"],
        dynamic_axes={"input_ids": {0: "texts", 1: "tokens"}, "attention_mask": {0: "texts", 1: "tokens"}},
        opset_version=17, dynamo=False,
    )  # fmt: skip
