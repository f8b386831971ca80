"""What is seen from outside while patients are served: metrics, logs as JSON, traces. All off by default.

`bot.watch.record` is what the rest of the project calls; where a part is off it does nothing and imports nothing.
"""
