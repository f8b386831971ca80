"""Rasa custom actions, one a file. Keep this package flat: the action server finds actions by walking it."""
