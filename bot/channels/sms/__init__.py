"""The SMS channel: Twilio's webhooks in, TwiML or the REST API out, with a durable ledger between (docs/sms.md)."""
