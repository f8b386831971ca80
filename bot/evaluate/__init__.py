"""Quality figures: gold questions, outcomes, metrics, intervals, curves, reports. Pure: no Rasa, no servers."""
