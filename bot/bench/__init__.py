"""`faqbot bench`: this assistant beside Rasa's stock pipeline, in one run on the same content. No Rasa in here."""
