"""Rasa input channels. Each binds the clinic itself; a client can set neither clinic nor metadata."""

from bot.private_logs import keep_private

keep_private()  # here, because Rasa imports its channels before the first message, however it was started
