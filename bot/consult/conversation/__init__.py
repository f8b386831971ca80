"""What the consult conversation understands and asks: pure, without Rasa, clock or database."""
