"""The retrieval layer: the clinics' FAQs, the index over them, and the search. Knows no Rasa."""
