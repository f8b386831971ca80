"""What the safety model is trained with, at build time only (`bot.safety.building`): serving needs none of it."""
