"""The web channel: a patient on a clinic's website. `channel.WebInput` is what Rasa loads; the rest needs no Rasa."""
